"""The competitions over HTTP."""

"""Reporting: what, where, what about, and off it goes."""

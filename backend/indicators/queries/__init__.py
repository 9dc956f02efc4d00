"""Reads of the room: values, series, registers, runs, audits, statements."""

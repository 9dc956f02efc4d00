"""Vox Urbis: the voice of the city."""

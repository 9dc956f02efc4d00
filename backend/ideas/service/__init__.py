"""Verbs of the room, by what they are about: editions, phases, problems, ideas and the rest."""

"""What the room does: writes, each a verb of the domain."""

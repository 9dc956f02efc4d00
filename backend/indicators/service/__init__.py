"""The verbs of the room: compute, import, register, plan, audit, issue."""

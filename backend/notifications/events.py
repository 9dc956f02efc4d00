"""What this room tells the rooms above it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LetterReceived:
    """A person's letter; published once, in the transaction that marks it as dealt with.

    For a reply, kind and id name the subject that it answers, and account_id who was written to,
    if they have an account. A sender's address is easily forged: `from_reader` only says that it
    equals the address that we wrote to. Photos are waiting photos of the media room.
    """

    letter_id: str
    purpose: str  # report or reply
    subject_kind: str | None
    subject_id: str | None
    account_id: int | None
    sender_email: str = field(repr=False)
    sender_name: str | None = field(repr=False)
    from_reader: bool
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str | None
    photos: tuple[str, ...]
    files_refused: int
    """Attachments that were no photos that we can take, or were too many."""
    received_at: datetime

"""Time: one clock for the house, always UTC."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """A moment as the API writes it: UTC, to the second or finer, ending in Z."""
    text = moment.astimezone(UTC).isoformat(
        timespec="microseconds" if moment.microsecond else "seconds"
    )
    return text.replace("+00:00", "Z")


def parse_rfc3339(text: str) -> datetime:
    """Read a moment that carries its offset; ValueError when it does not."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset from UTC, for example 2026-05-01T12:00:00Z")
    return moment.astimezone(UTC)

"""News inside the house: a room publishes, others listen, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

E = TypeVar("E")
_listeners: dict[type, list[Callable[[Session, Any], None]]] = defaultdict(list)


def subscribe(
    event_class: type[E],
) -> Callable[[Callable[[Session, E], None]], Callable[[Session, E], None]]:
    """Listen to one kind of event; slow work belongs into a job that the listener enqueues."""

    def register(listener: Callable[[Session, E], None]) -> Callable[[Session, E], None]:
        if listener not in _listeners[event_class]:
            _listeners[event_class].append(listener)
        return listener

    return register


def publish(session: Session, event: object) -> None:
    """Tell every listener, now, within the transaction that caused the event."""
    for listener in _listeners[type(event)]:
        listener(session, event)

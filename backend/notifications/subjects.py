"""What can be followed: each feature registers its kind and how to look its subjects up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that can be followed, as its reader may see it."""

    title: str
    link: str


Finder = Callable[[Session, Actor, Sequence[str]], Mapping[str, Subject]]
_finders: dict[str, Finder] = {}


def register(kind: str, find: Finder) -> None:
    """Register a kind; `find` answers, by public id, those that the actor may see."""
    _finders[kind] = find


def kinds() -> tuple[str, ...]:
    """The kinds that can be followed over the API."""
    return tuple(sorted(_finders))


def find(session: Session, actor: Actor, kind: str, ids: Sequence[str]) -> Mapping[str, Subject]:
    """The subjects of one kind that the actor may see, by id."""
    finder = _finders.get(kind)
    return finder(session, actor, ids) if finder and ids else {}

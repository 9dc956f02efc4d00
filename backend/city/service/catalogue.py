"""Services that no pack knows: a foreign report names a request type, and it becomes a service."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.city import queries
from backend.city.facts import ServiceFacts
from backend.city.folding import fold, slug_of
from backend.city.models import Service
from backend.city.pack.content import KINDS
from backend.city.service.stamping import lock_city
from backend.core.db import insert_ignore
from backend.core.fields import clean_text

LONGEST_NAME = 120


def add_unknown_service(session: Session, name: str) -> ServiceFacts:
    """The service of that name: one of the catalogue, one added before, or a new one.

    The code follows from the name alone, so that the same import gives the same codes anywhere.
    """
    name = clean_text(name, line=True)[:LONGEST_NAME].strip()
    if not name:
        name = "Other"
    code = code_for(name)
    known = queries.service_by_code(session, code) or _by_name(session, name)
    if known:
        return known
    lock_city(session)
    last = session.execute(select(func.max(Service.position))).scalar() or 0
    insert_ignore(session, Service, _new_service(code, name, last + 1), ["code"])
    found = queries.service_by_code(session, code)
    assert found is not None, "the service was inserted a moment ago"
    return found


def code_for(name: str) -> str:
    """The code that a request type's name gets: its words, or a digest where none are Latin."""
    code = slug_of(name)
    plain = fold(name)
    if code and code.replace("_", "").isascii() and plain.isascii():
        return code
    return f"type_{hashlib.sha256(plain.encode()).hexdigest()[:12]}"


def _by_name(session: Session, name: str) -> ServiceFacts | None:
    found = queries.facts(session)
    key = "services by folded name"
    if key not in found.kept:
        found.kept[key] = {
            fold(text): service
            for service in reversed(found.services)
            for text in service.names.values()
        }
    service: ServiceFacts | None = found.kept[key].get(fold(name))
    return service


def _new_service(code: str, name: str, position: int) -> dict[str, object]:
    return {
        "code": code,
        "name": {"en": name},
        "description": {},
        "position": position,
        "keywords": {},
        "questions": [],
        "kinds": list(KINDS),
        "place": "optional",
        "photo": "optional",
        "confidential": False,
        "origin": "import",
    }

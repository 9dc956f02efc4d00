"""A city told in plain values rather than by a pack: for invented ones, and for foreign ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.models import THE_CITY, City, Department, Service
from backend.city.pack.content import KINDS
from backend.city.service.importing import PackResult, match_rows
from backend.city.service.stamping import lock_city, renew_stamp
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Conflict

_SERVICE: dict[str, Any] = {
    "description": {}, "group_code": None, "component": None, "department_id": None,
    "keywords": {}, "questions": [], "kinds": list(KINDS), "place": "optional",
    "photo": "optional", "confidential": False, "working_days": None, "origin": "pack",
}  # fmt: skip


@dataclass(frozen=True)
class PlainCity:
    """What is known of a city without a pack; without districts every place is inside."""

    slug: str
    time_zone: str
    profile: Mapping[str, Any]
    departments: Sequence[Mapping[str, Any]] = ()
    groups: Sequence[Mapping[str, Any]] = ()
    services: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def found_city(session: Session, actor: Actor, plain: PlainCity) -> PackResult:
    """Make the city like the values; another city that is loaded already is left as it is.

    A service names its department by `department`. The caller commits.
    """
    authorise(actor, "city.import")
    lock_city(session)
    loaded = session.execute(select(City.slug).where(City.id == THE_CITY)).scalar()
    if loaded not in (None, plain.slug):
        raise Conflict(_("Another city is loaded here: %(slug)s.", slug=loaded))
    result = PackResult(plain.slug)
    departments = [
        {"email": None, "phone": None, "hours": {}, **department}
        for department in plain.departments
    ]
    ids = match_rows(session, Department, departments, result)
    services = []
    for told in plain.services:
        values = {**_SERVICE, **told}
        values["department_id"] = ids.get(values.pop("department", None) or "")
        services.append(values)
    match_rows(session, Service, services, result)
    renew_stamp(
        session, slug=plain.slug, time_zone=plain.time_zone, profile=dict(plain.profile),
        groups=[dict(group) for group in plain.groups],
    )  # fmt: skip
    ledger.append(session, "city", "city", "founded", actor.key, {"slug": plain.slug})
    return result

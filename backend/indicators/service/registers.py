"""Keeping the registers: public services, smart-city projects, targets of the plan."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Invalid, NotFound, Stale
from backend.indicators.models import CityProject, ComponentTarget, PublicService
from ml import taxonomy

STREAM = "indicators"
ONLINE = ("none", "information", "form", "request", "full")
STATES = ("planned", "running", "finished", "stopped")
_SERVICE_FIELDS = (
    "name", "component", "online", "address", "requests_year", "online_share", "satisfaction",
)  # fmt: skip
_PROJECT_FIELDS = (
    "name", "component", "state", "invested", "currency", "equipment", "results", "evidence",
    "started", "finished",
)  # fmt: skip


def put_service(
    session: Session,
    actor: Actor,
    code: str,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
) -> str:
    """Enter a public service or change it; online from none to full."""
    authorise(actor, "indicators.register")
    wrong = _wrong(code, values)
    if values.get("online") not in ONLINE:
        wrong["online"] = str(_("Choose how far the service can be done online."))
    if wrong:
        raise Invalid(errors=wrong)
    kept = {name: values.get(name) for name in _SERVICE_FIELDS}
    return _put(session, actor, (PublicService, "service"), code, kept, version)


def put_project(
    session: Session,
    actor: Actor,
    code: str,
    values: Mapping[str, Any],
    *,
    version: int | None = None,
) -> str:
    """Enter a smart-city project or change it."""
    authorise(actor, "indicators.register")
    wrong = _wrong(code, values)
    if values.get("state") not in STATES:
        wrong["state"] = str(_("Choose planned, running, finished or stopped."))
    if wrong:
        raise Invalid(errors=wrong)
    kept = {name: values.get(name) for name in _PROJECT_FIELDS}
    kept["currency"] = kept["currency"] or "EUR"
    return _put(session, actor, (CityProject, "project"), code, kept, version)


def _wrong(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Everything that is wrong with an entry at once, field by field."""
    wrong: dict[str, str] = {}
    if not code.strip():
        wrong["code"] = str(_("Give it a short code."))
    if values.get("component") not in taxonomy.components():
        wrong["component"] = str(_("Choose a component."))
    if not any(str(name).strip() for name in (values.get("name") or {}).values()):
        wrong["name"] = str(_("Write its name."))
    share = values.get("online_share")
    if share is not None and not 0 <= share <= 100:
        wrong["online_share"] = str(_("A share lies between 0 and 100."))
    mark = values.get("satisfaction")
    if mark is not None and not 1 <= mark <= 5:
        wrong["satisfaction"] = str(_("Satisfaction lies between 1 and 5."))
    return wrong


def _put(  # noqa: PLR0917 - one row of a register
    session: Session,
    actor: Actor,
    register: tuple[Any, str],
    code: str,
    values: Mapping[str, Any],
    version: int | None,
) -> str:
    model, kind = register
    code = code.strip()[:60]
    row = session.execute(
        select(model.id, model.public_id, model.version, model.retired_at)
        .where(model.code == code)
        .with_for_update()
    ).first()
    kept = {**values, "updated_at": utcnow(), "retired_at": None}
    if row is None:
        public_id = new_public_id()
        session.execute(insert(model).values(public_id=public_id, code=code, version=1, **kept))
    else:
        # Version 0 asks for a new entry; one that was taken out may come back under its code.
        if version is not None and version != (0 if row.retired_at else row.version):
            raise Stale()
        public_id = row.public_id
        session.execute(
            update(model).where(model.id == row.id).values(version=row.version + 1, **kept)
        )
    append(session, STREAM, public_id, f"{kind}_entered", actor.key, dict(values))
    return str(public_id)


def retire(session: Session, actor: Actor, kind: str, public_id: str) -> None:
    """Take an entry out of a register; it stays in the history."""
    authorise(actor, "indicators.register")
    model: Any = {"service": PublicService, "project": CityProject}[kind]
    found = session.execute(
        update(model)
        .where(model.public_id == public_id[:16], model.retired_at.is_(None))
        .values(retired_at=utcnow())
        .returning(model.public_id)
    ).first()
    if found is None:
        raise NotFound()
    append(session, STREAM, found.public_id, f"{kind}_retired", actor.key, {})


def set_target(
    session: Session,
    actor: Actor,
    code: str,
    *,
    profile: str,
    year: int,
    score: float,
    decided_by: str,
    measures: str | None = None,
) -> str:
    """Write down what the city wants of a component by a year; who decided is named."""
    authorise(actor, "indicators.plan")
    if code not in taxonomy.components():
        raise Invalid(errors={"component": _("Choose a component.")})
    if profile not in ("platform", "official"):
        raise Invalid(errors={"profile": _("Choose the platform's or the official profile.")})
    if not 0 <= score <= 100 or not utcnow().year <= year <= utcnow().year + 30:
        raise Invalid(errors={"score": _("Give a score from 0 to 100 and a year to come.")})
    if len(decided_by.strip()) < 3:
        raise Invalid(errors={"decided_by": _("Write who decided this, and when.")})
    now, public_id = utcnow(), new_public_id()
    session.execute(
        update(ComponentTarget)
        .where(
            ComponentTarget.code == code, ComponentTarget.profile == profile,
            ComponentTarget.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )  # fmt: skip
    session.execute(
        insert(ComponentTarget).values(
            public_id=public_id, code=code, profile=profile, year=year, score=score,
            measures=(measures or "").strip()[:2000] or None, decided_by=decided_by.strip()[:200],
            written_by=actor.key[:60], created_at=now,
        )
    )  # fmt: skip
    append(session, STREAM, public_id, "target_set", actor.key,
           {"code": code, "year": year, "score": score})  # fmt: skip
    return public_id

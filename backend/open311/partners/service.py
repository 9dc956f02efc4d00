"""What an operator does with partners, and how a report starts on its way to one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.outward import OutwardError, take_apart
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound, Stale
from backend.core.settings import current_settings
from backend.open311.partners import queries
from backend.open311.partners.checking import CHECK
from backend.open311.partners.models import Dispatch, OutsidePartner, PartnerMapping
from backend.open311.partners.sending import send_later, stand
from backend.open311.partners.sheet import SENDABLE
from backend.reports.naming import lookup

STREAM = "partner"
PHOTOS = ("multipart", "links", "none")
UNDER_WAY = ("waiting", "unclear", "token")
MOST_AGAIN = 1000


def dispatch_to(session: Session, report: str, department_id: int | None, visibility: str) -> bool:
    """Start a report on its way if its department lives elsewhere; once for each partner."""
    partner = queries.partner_of(session, department_id)
    if partner is None or visibility not in SENDABLE:
        return False
    public_id, now = new_public_id(), utcnow()
    values = {
        "public_id": public_id, "partner_id": partner.id, "report": report, "state": "waiting",
        "round": 0, "tries": 0, "due_at": now, "created_at": now,
    }  # fmt: skip
    if not insert_ignore(session, Dispatch, values, ("partner_id", "report")):
        return False
    send_later(session, public_id, 0, now)
    return True


def _checked(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of an operator's wishes; Invalid names what is wrong."""
    written, errors = dict(values), dict[str, object]()
    if "url" in written:
        written["url"] = written["url"].rstrip("/")
        try:
            take_apart(written["url"], current_settings().outward_hosts)
        except OutwardError:
            errors["url"] = _("Write a full address that begins with https://.")
    if "department" in written:
        found = lookup(session).departments_by_code.get(written.pop("department"))
        if found is None or found.retired:
            errors["department"] = _("The city has no such department.")
        else:
            written["department_id"] = found.id
    if "name" in written and not written["name"].strip():
        errors["name"] = _("Say who the partner is.")
    if written.get("photos", "links") not in PHOTOS:
        errors["photos"] = _("Choose multipart, links or none.")
    if written.get("state", "active") not in ("active", "paused"):
        errors["state"] = _("Choose active or paused.")
    if errors:
        raise Invalid(errors=errors)
    return written


def add_partner(session: Session, actor: Actor, values: Mapping[str, Any]) -> str:
    """Add a partner for a department; what it offers is read at once."""
    authorise(actor, "partner.change")
    written = _checked(session, values)
    if queries.partner_of(session, written["department_id"]) is not None:
        raise Conflict(_("This department has a partner already."))
    if len(queries.partners(session)) >= queries.MOST:
        raise Conflict(_("There are too many partners."))
    now, public_id = utcnow(), new_public_id()
    defaults = {
        "form": "json", "photos": "links", "sends_contact": False, "state": "active",
        "updates": "unknown", "failures": 0, "version": 1, "created_at": now, "updated_at": now,
        "public_id": public_id,
    }  # fmt: skip
    session.execute(insert(OutsidePartner).values(**(defaults | written)))
    told = {"name": written["name"], "url": written["url"]}
    ledger.append(session, STREAM, public_id, "added", actor.key, told)
    check_soon(session, actor, public_id)
    return public_id


def check_soon(session: Session, actor: Actor, public_id: str) -> None:
    """Look at a partner anew: where it is, what it offers."""
    authorise(actor, "partner.change")
    queries.find_partner(session, public_id)
    enqueue(session, CHECK, {"partner": public_id})


def _locked(session: Session, public_id: str, version: int | None) -> Any:
    row = session.execute(
        select(OutsidePartner.id, OutsidePartner.version, OutsidePartner.state)
        .where(OutsidePartner.public_id == public_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound()
    if version is not None and row.version != version:
        raise Stale(headers={"ETag": f'"{row.version}"'})
    return row


def change_partner(
    session: Session,
    actor: Actor,
    public_id: str,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
) -> None:
    """Change a partner; whoever is set active again starts afresh with what waited."""
    authorise(actor, "partner.change")
    row = _locked(session, public_id, version)
    written = _checked(session, changes)
    if "url" in written:
        written |= {"endpoint": None, "updates": "unknown"}
    if "department_id" in written:
        other = queries.partner_of(session, written["department_id"])
        if other is not None and other.id != row.id:
            raise Conflict(_("This department has a partner already."))
    stand(session, row.id, **written, version=row.version + 1, updated_at=utcnow(), failures=0,
          rests_until=None)  # fmt: skip
    if {"url", "api_key", "jurisdiction"} & set(written):
        enqueue(session, CHECK, {"partner": public_id})
    if written.get("state") == "active" and row.state != "active":
        _wake(session, row.id)
    told = {k: v for k, v in changes.items() if k != "api_key"}
    told |= {"key_changed": True} if "api_key" in changes else {}
    ledger.append(session, STREAM, public_id, "changed", actor.key, told)


def _wake(session: Session, partner_id: int) -> None:
    rows = queries.dispatches(session, partner_id, states=UNDER_WAY, limit=MOST_AGAIN)
    for row in rows:
        _start_again(session, row, row.state)


def _start_again(session: Session, row: Any, state: str) -> None:
    session.execute(
        update(Dispatch)
        .where(Dispatch.id == row.id)
        .values(state=state, round=row.round + 1, tries=0, due_at=utcnow(), done_at=None)
        .execution_options(synchronize_session=False)
    )
    send_later(session, row.public_id, row.round + 1, utcnow())


def map_service(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    service: str,
    code: str | None,
    answers: Mapping[str, Any] | None = None,
) -> None:
    """Choose which of the partner's services stands for one of ours, or leave it to the names."""
    authorise(actor, "partner.change")
    row = _locked(session, public_id, None)
    ours = lookup(session).services_by_code.get(service)
    if ours is None:
        raise Invalid(errors={"service": _("The city does not offer this service.")})
    session.execute(
        delete(PartnerMapping).where(
            PartnerMapping.partner_id == row.id, PartnerMapping.service_id == ours.id
        )
    )
    if code:
        offered = {one.code for one in queries.services_of(session, row.id)}
        if offered and code not in offered:
            raise Invalid(errors={"code": _("The partner does not offer this service.")})
        values = {"partner_id": row.id, "service_id": ours.id, "code": code,
                  "answers": dict(answers or {}) or None}  # fmt: skip
        session.execute(insert(PartnerMapping).values(**values))
    ledger.append(session, STREAM, public_id, "mapped", actor.key, {"service": service, "to": code})


def _stuck(session: Session, partner: Any, dispatch: str) -> Any:
    row = queries.find_dispatch(session, dispatch)
    if row is None or row.partner_id != partner.id:
        raise NotFound()
    return row


def retry(session: Session, actor: Actor, public_id: str, dispatch: str | None = None) -> int:
    """Try what is stuck again, one report or all; what may have arrived is looked up first."""
    authorise(actor, "partner.retry")
    partner = queries.find_partner(session, public_id)
    if dispatch is None:
        rows = queries.dispatches(session, partner.id, states=("stuck",), limit=MOST_AGAIN)
    else:
        rows = [_stuck(session, partner, dispatch)]
        if rows[0].state == "sent":
            raise Conflict(_("This report has arrived there."))
    for row in rows:
        _start_again(session, row, _state_to_retry(row))
    stand(session, partner.id, failures=0, rests_until=None)
    told = {"number": len(rows), "dispatch": dispatch}
    ledger.append(session, STREAM, public_id, "retried", actor.key, told)
    return len(rows)


def _state_to_retry(row: Any) -> str:
    if row.state in UNDER_WAY:
        return str(row.state)
    if row.token:
        return "token"
    if row.error == "outcome_unknown":
        return "waiting"  # the operator has looked there
    return "unclear" if row.error in ("busy", "no_answer", "cut_off", "unreadable") else "waiting"


def give_up(session: Session, actor: Actor, public_id: str, dispatch: str) -> None:
    """Leave a report as it is: it will not be sent."""
    authorise(actor, "partner.retry")
    partner = queries.find_partner(session, public_id)
    row = _stuck(session, partner, dispatch)
    if row.state in ("sent", "given_up"):
        raise Conflict(_("This report is not stuck."))
    session.execute(
        update(Dispatch)
        .where(Dispatch.id == row.id)
        .values(state="given_up", error="given_up", round=row.round + 1, done_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    ledger.append(session, STREAM, public_id, "given_up", actor.key, {"report": row.report})

"""Reads of partners: who they are, what they offer, what is under way and what is stuck."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.problems import NotFound
from backend.core.settings import current_settings
from backend.open311.partners.models import (
    Dispatch,
    OutsidePartner,
    PartnerMapping,
    PartnerService,
    PartnerUpdate,
)
from backend.open311.partners.peer import Peer

MOST = 100
MOST_SERVICES = 2000
COLUMNS = tuple(c for c in OutsidePartner.__table__.columns if c.name != "api_key")


def partners(session: Session) -> Sequence[Any]:
    """Every partner, by name; keys are never among it."""
    statement = select(*COLUMNS).order_by(OutsidePartner.name, OutsidePartner.id).limit(MOST)
    return list(session.execute(statement))


def find_partner(session: Session, public_id: str) -> Any:
    """One partner; NotFound when there is none."""
    row = session.execute(select(*COLUMNS).where(OutsidePartner.public_id == public_id)).first()
    if row is None:
        raise NotFound()
    return row


def partner_of(session: Session, department_id: int | None) -> Any | None:
    """The partner that is a department elsewhere."""
    if department_id is None:
        return None
    return session.execute(
        select(*COLUMNS).where(OutsidePartner.department_id == department_id)
    ).first()


def partner_by_key(session: Session, partner_id: int) -> Any:
    """The partner with this key."""
    return session.execute(select(*COLUMNS).where(OutsidePartner.id == partner_id)).one()


def peer_of(session: Session, partner: Any) -> Peer:
    """The partner's endpoint, with the key that opens it."""
    key = session.execute(
        select(OutsidePartner.api_key).where(OutsidePartner.id == partner.id)
    ).scalar()
    return Peer(
        partner.endpoint or partner.url, partner.form, partner.jurisdiction, key,
        current_settings().outward_hosts,
    )  # fmt: skip


def acting_for(partner: Any) -> Actor:
    """The partner as somebody who works for its department, and for no other."""
    return Actor(
        kind="machine",
        public_id=partner.public_id,
        roles=frozenset({"partner", "department"}),
        departments=frozenset({partner.department_id}),
        name=partner.name,
    )


def services_of(session: Session, partner_id: int) -> Sequence[Any]:
    """What a partner offers, by name."""
    return list(
        session.execute(
            select(PartnerService.code, PartnerService.name, PartnerService.attributes)
            .where(PartnerService.partner_id == partner_id)
            .order_by(PartnerService.name, PartnerService.code)
            .limit(MOST_SERVICES)
        )
    )


def mappings_of(session: Session, partner_id: int) -> Mapping[int, Any]:
    """Which of the partner's services the operator chose for ours, by our service."""
    rows = session.execute(
        select(PartnerMapping.service_id, PartnerMapping.code, PartnerMapping.answers)
        .where(PartnerMapping.partner_id == partner_id)
        .limit(MOST_SERVICES)
    )
    return {row.service_id: row for row in rows}


def counts_by_state(session: Session) -> dict[int, dict[str, int]]:
    """How many reports of each partner wait, went over, are stuck or were given up."""
    found: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Dispatch.partner_id, Dispatch.state, func.count()).group_by(
            Dispatch.partner_id, Dispatch.state
        )
    )
    for partner_id, state, number in rows:
        found.setdefault(partner_id, {})[state] = number
    return found


def dispatches(
    session: Session,
    partner_id: int,
    *,
    states: Sequence[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Reports on their way to a partner, newest first."""
    statement = select(*Dispatch.__table__.columns).where(Dispatch.partner_id == partner_id)
    if states:
        statement = statement.where(Dispatch.state.in_(list(states)))
    if before:
        statement = statement.where(Dispatch.id < before)
    return list(session.execute(statement.order_by(Dispatch.id.desc()).limit(limit)))


def find_dispatch(session: Session, public_id: str) -> Any | None:
    """One report on its way."""
    statement = select(*Dispatch.__table__.columns).where(Dispatch.public_id == public_id)
    return session.execute(statement).first()


def refused_updates(session: Session, partner_id: int, limit: int = 50) -> Sequence[Any]:
    """Updates of a partner that could not be taken in, newest first."""
    return list(
        session.execute(
            select(PartnerUpdate.update_id, PartnerUpdate.status, PartnerUpdate.why,
                   PartnerUpdate.created_at, Dispatch.report)
            .join(Dispatch, Dispatch.id == PartnerUpdate.dispatch_id)
            .where(PartnerUpdate.partner_id == partner_id, PartnerUpdate.outcome == "refused")
            .order_by(PartnerUpdate.id.desc())
            .limit(limit)
        )
    )  # fmt: skip

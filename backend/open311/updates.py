"""Updates of requests, as mySociety's extension has them: what the city did, and what comes in."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from backend.accounts.queries import Partner
from backend.city import queries as city
from backend.core.actor import ANONYMOUS
from backend.core.clock import utcnow
from backend.core.i18n import _, current_language
from backend.core.problems import NotFound
from backend.media.develop import DevelopedPhoto
from backend.media.service import keep
from backend.open311.answering import Refused, is_test
from backend.open311.asking import Arguments, piece
from backend.open311.moments import read_moment, whole_seconds
from backend.open311.receipts import known_receipt, sender_id, write_receipt
from backend.open311.sent import Sent
from backend.open311.showing import EXTENDED
from backend.reports.queries.exchange import ToldUpdate, told_updates
from backend.reports.service import say_for_reporter

LAST = timedelta(days=1)
LONGEST = 4000
UPDATE = "update"
Taker = Callable[[Session, Partner, Sent, Sequence[DevelopedPhoto]], str | None]
_takers: list[Taker] = []


def takes_updates(taker: Taker) -> Taker:
    """Let somebody else take an update first, for example of a report that was sent elsewhere.

    A taker answers with the id of what it kept, or None when the update is not for it.
    """
    if taker not in _takers:
        _takers.append(taker)
    return taker


def listed(session: Session) -> list[dict[str, Any]]:
    """What the city did and said between two moments; without any, in the last day."""
    facts = city.facts(session)
    given = Arguments(request.args, facts.time_zone)
    since, until = given.moment("start_date"), given.moment("end_date", day_ends=True)
    if (since is None) != (until is None):
        raise Refused(400, _("Give start_date and end_date together, or neither."))
    if since is None or until is None:
        until = utcnow()
        since = until - LAST
    since, until = whole_seconds(since, until)
    limit, offset, _paged = piece(given)
    codes = {service.id: service.code for service in facts.services}
    told = told_updates(session, ANONYMOUS, since, until, limit=limit, offset=offset)
    return [document(one, codes.get(one.service_id or 0)) for one in told]


def document(told: ToldUpdate, service_code: str | None = None) -> dict[str, Any]:
    """One update; its moment is told in whole seconds, within what was asked."""
    return {
        "update_id": told.update_id,
        "service_request_id": told.report,
        "status": EXTENDED.get(told.status, "open"),
        "updated_datetime": told.at,
        "description": told.text[:LONGEST],
        "media_url": "",
        "external_status_code": told.status,
        "service_code": service_code,
    }


def take_update(
    session: Session, partner: Partner, sent: Sent, photos: Sequence[DevelopedPhoto]
) -> dict[str, Any]:
    """Take what a partner tells about a report, once for each of its update ids."""
    report, told = sent.one("service_request_id"), sender_id(sent, "update_id")
    if report is None:
        raise Refused(400, _("service_request_id was not provided."))
    _check(session, sent)
    sender = partner.actor.public_id or ""
    known = known_receipt(session, sender, UPDATE, told)
    if known is not None:
        return {"update_id": known.update_id}
    kept = _taken(session, partner, sent, photos, report)
    write_receipt(session, sender, UPDATE, told, report=report[:16], update_id=kept)
    return {"update_id": kept}


def _check(session: Session, sent: Sent) -> datetime | None:
    moment = sent.one("updated_datetime")
    if len(sent.one("description") or "") > LONGEST:
        raise Refused(400, _("description may have 4,000 characters at most."))
    if moment is None:
        return None
    try:
        return read_moment(moment, city.facts(session).time_zone)
    except (ValueError, OverflowError) as error:
        raise Refused(
            400,
            _(
                "%(name)s is not a date and time. Write it as 2026-05-01T12:00:00Z.",
                name="updated_datetime",
            ),
        ) from error


def _taken(
    session: Session,
    partner: Partner,
    sent: Sent,
    photos: Sequence[DevelopedPhoto],
    report: str,
) -> str:
    for taker in _takers:
        kept = taker(session, partner, sent, photos)
        if kept is not None:
            return kept
    pictures = [] if is_test() else [keep(session, partner.actor, photo) for photo in photos]
    try:
        return say_for_reporter(
            session, partner.actor, report, _words(sent),
            source_id=(sent.one("update_id") or "")[:80] or None,
            language=current_language() if request.headers.get("Accept-Language") else None,
            photos=[picture.public_id for picture in pictures],
        )  # fmt: skip
    except NotFound as error:
        raise Refused(404, _("service_request_id %(id)s not found.", id=report[:64])) from error


def _words(sent: Sent) -> str:
    """What is said; a status alone is put into words. A partner's word closes nothing by itself."""
    text = sent.one("description") or ""
    status = (sent.one("status") or "").replace("_", " ").strip()
    if text:
        return text
    if status:
        return str(_("Status at the sender: %(status)s", status=status[:80]))
    raise Refused(400, _("description was not provided."))

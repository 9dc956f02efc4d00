"""Who is told what about a report: the one place where the room speaks to notifications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.events import subscribe
from backend.core.i18n import lazy
from backend.notifications import subjects, templates
from backend.notifications.service import Message, Recipient, Said, notify
from backend.notifications.subjects import Subject
from backend.reports.events import (
    ClosingDisputed,
    ReportAssigned,
    ReportSubmitted,
    StatusChanged,
    UpdatePosted,
    VisibilityChanged,
)
from backend.reports.models import Report, ReportContact
from backend.reports.naming import lookup
from backend.reports.queries.filters import visible_to
from backend.reports.render import excerpt
from backend.reports.status import STATUSES

KIND = "report"
MINE, DESK = "reports.mine", "reports.desk"
MOST_DUPLICATES = 90


def link_to(public_id: str) -> str:
    """The page of a report."""
    return f"/reports/{public_id}"


def return_link(secret: str) -> str:
    """The page behind a return link."""
    return f"/returns/{secret}"


@dataclass(frozen=True, slots=True)
class _Told:
    """A report as news speaks of it."""

    id: int
    public_id: str
    status: str
    reporter_id: int | None
    assignee_id: int | None
    about: Mapping[str, str]
    is_public: bool


def _told(session: Session, public_id: str) -> _Told | None:
    row = session.execute(
        select(
            Report.id, Report.public_id, Report.status, Report.reporter_id, Report.assignee_id,
            Report.service_id, Report.summary, Report.visibility,
        ).where(Report.public_id == public_id)
    ).first()  # fmt: skip
    if row is None:
        return None
    service = lookup(session).services.get(row.service_id or 0)
    about = dict(service.names) if service else {"en": row.summary or "report"}
    return _Told(
        row.id, row.public_id, row.status, row.reporter_id, row.assignee_id, about,
        row.visibility == "public",
    )  # fmt: skip


def reporters(session: Session, report_ids: Sequence[int]) -> list[Recipient]:
    """Who reported: by account, or at the address that they left, with their way in."""
    rows = session.execute(
        select(
            Report.reporter_id, Report.public_id, ReportContact.email, ReportContact.language,
            ReportContact.return_secret, ReportContact.wants_news,
        )
        .outerjoin(ReportContact, ReportContact.report_id == Report.id)
        .where(Report.id.in_(report_ids))
    )  # fmt: skip
    found = []
    for row in rows:
        if row.reporter_id is not None:
            found.append(Recipient.account(row.reporter_id, link=link_to(row.public_id)))
        elif row.email and row.wants_news:
            link = return_link(row.return_secret) if row.return_secret else link_to(row.public_id)
            found.append(Recipient.address(row.email, language=row.language, link=link))
    return found


def _circle(session: Session, told: _Told, *, with_reporter: bool = True) -> list[Recipient]:
    """Everybody concerned: the reporters of it and of its duplicates, and their followers."""
    duplicates = session.execute(
        select(Report.id, Report.public_id)
        .where(Report.duplicate_of_id == told.id)
        .order_by(Report.id)
        .limit(MOST_DUPLICATES)
    ).all()
    ids = [row.id for row in duplicates] + ([told.id] if with_reporter else [])
    found = reporters(session, ids)
    if told.is_public:
        followed = [told.public_id, *(row.public_id for row in duplicates)]
        found += [Recipient.followers_of(KIND, public_id) for public_id in followed]
    return found


def _tell(
    session: Session, told: _Told, to: Sequence[Recipient], message: Message, key: str,
    *, topic: str = MINE,
) -> None:  # fmt: skip
    if to:
        notify(
            session, topic=topic, kind=KIND, public_id=told.public_id, to=to, message=message,
            key=f"report:{told.public_id}:{key}",
        )  # fmt: skip


def _message(told: _Told, template: str, *, replies: bool = False, at_once: bool = False,
             **context: Any) -> Message:  # fmt: skip
    status = STATUSES[told.status]
    filled = {
        "service": told.about, "number": told.public_id, "status": Said(_source(status.name)),
        "meaning": Said(_source(status.reads)), **context,
    }  # fmt: skip
    return Message(template, filled, link_to(told.public_id), replies=replies, at_once=at_once)


def _source(words: Any) -> str:
    """The English words behind a lazy translation, which each reader gets in their language."""
    found: str = words._args[0] if getattr(words, "_args", None) else str(words)
    return found


@subscribe(ReportSubmitted)
def submitted(session: Session, event: ReportSubmitted) -> None:
    """Confirm to the reporter that the report has arrived."""
    told = _told(session, event.public_id)
    if told:
        message = _message(told, "report.received", replies=True, at_once=True)
        _tell(session, told, reporters(session, [told.id]), message, "received")


@subscribe(StatusChanged)
def status_changed(session: Session, event: StatusChanged) -> None:
    """Tell everybody concerned of a step, with the reason."""
    told = _told(session, event.public_id)
    if told is None:
        return
    by_reporter = event.by == "reporter"
    template = "report.status_with_reason" if event.reason else "report.status"
    message = _message(told, template, replies=True, reason=event.reason or "")
    to = _circle(session, told, with_reporter=not by_reporter)
    _tell(session, told, to, message, f"status:{event.version}")


@subscribe(UpdatePosted)
def update_posted(session: Session, event: UpdatePosted) -> None:
    """Tell what the city said to everybody concerned; what the reporter said, to who handles it."""
    told = _told(session, event.public_id)
    if told is None:
        return
    words = excerpt(event.text, 500)
    if event.author == "city":
        message = _message(told, "report.update", replies=True, text=words)
        _tell(session, told, _circle(session, told), message, f"update:{event.update_id}")
    elif told.assignee_id is not None:
        to = [Recipient.account(told.assignee_id)]
        message = _message(told, "report.answered", text=words)
        _tell(session, told, to, message, f"update:{event.update_id}", topic=DESK)


@subscribe(ReportAssigned)
def assigned(session: Session, event: ReportAssigned) -> None:
    """Tell a member of staff that a report is theirs."""
    told = _told(session, event.public_id)
    if told and event.assignee_id is not None:
        to = [Recipient.account(event.assignee_id)]
        _tell(
            session,
            told,
            to,
            _message(told, "report.assigned"),
            f"assigned:{event.version}",
            topic=DESK,
        )


@subscribe(ClosingDisputed)
def disputed(session: Session, event: ClosingDisputed) -> None:
    """Tell who handled it that a closing is disputed."""
    told = _told(session, event.public_id)
    if told and told.assignee_id is not None:
        to = [Recipient.account(told.assignee_id)]
        message = _message(told, "report.disputed")
        _tell(session, told, to, message, f"dispute:{event.dispute_id}", topic=DESK)


@subscribe(VisibilityChanged)
def visibility_changed(session: Session, event: VisibilityChanged) -> None:
    """Tell the reporter why their report went out of sight, or that it is back."""
    told = _told(session, event.public_id)
    if told:
        template = "report.shown" if event.new == "public" else "report.hidden"
        message = _message(told, template, replies=True, reason=event.reason or "")
        _tell(session, told, reporters(session, [told.id]), message, f"visibility:{event.version}")


def find_subjects(session: Session, actor: Actor, ids: Sequence[str]) -> Mapping[str, Subject]:
    """The reports of these ids that an actor may see, as their list of follows shows them."""
    conditions = visible_to(actor)
    if conditions and actor.account_id is not None:
        conditions = [or_(*conditions, Report.reporter_id == actor.account_id)]
    rows = session.execute(
        select(Report.public_id, Report.text, Report.summary).where(
            Report.public_id.in_(list(ids)[:500]), *conditions
        )
    )
    return {
        row.public_id: Subject(excerpt(row.text or row.summary or "", 80), link_to(row.public_id))
        for row in rows
    }


def introduce() -> None:
    """Register the words of our news, its topics, and what can be followed."""
    subjects.register(KIND, find_subjects)
    templates.register_topic(MINE, label=lazy("News on reports that I made or follow"))
    templates.register_topic(DESK, label=lazy("Reports that are assigned to me"))
    for name, (subject, text, push) in _TEMPLATES.items():
        templates.register(name, subject=subject, text=text, push=push)


_NEWS = lazy("There is news on a report.")
_TEMPLATES: dict[str, tuple[Any, Any, Any]] = {
    "report.received": (
        lazy("We have received your report (%(service)s)"),
        lazy(
            "Your report has arrived. Its number is %(number)s.\n\n%(meaning)s\n\n"
            "With the link below you can follow it, add something or take it back. "
            "You can also answer this letter."
        ),
        lazy("Your report has arrived."),
    ),
    "report.status": (
        lazy("%(service)s: %(status)s"),
        lazy("The status of report %(number)s is now: %(status)s.\n\n%(meaning)s"),
        _NEWS,
    ),
    "report.status_with_reason": (
        lazy("%(service)s: %(status)s"),
        lazy("The status of report %(number)s is now: %(status)s.\n\n%(meaning)s\n\n%(reason)s"),
        _NEWS,
    ),
    "report.update": (
        lazy("The city wrote about your report (%(service)s)"),
        lazy("About report %(number)s:\n\n%(text)s"),
        _NEWS,
    ),
    "report.answered": (
        lazy("The reporter has answered: %(number)s"),
        lazy("About report %(number)s (%(service)s):\n\n%(text)s"),
        _NEWS,
    ),
    "report.assigned": (
        lazy("A report is yours now: %(number)s"),
        lazy("Report %(number)s (%(service)s) was assigned to you."),
        _NEWS,
    ),
    "report.disputed": (
        lazy("A closing is disputed: %(number)s"),
        lazy("Somebody says that report %(number)s (%(service)s) is not done."),
        _NEWS,
    ),
    "report.hidden": (
        lazy("Your report is not shown to others (%(service)s)"),
        lazy("Report %(number)s was taken out of public sight. The reason:\n\n%(reason)s"),
        _NEWS,
    ),
    "report.shown": (
        lazy("Your report is shown again (%(service)s)"),
        lazy("Report %(number)s is public again."),
        _NEWS,
    ),
}

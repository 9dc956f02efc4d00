"""Who is told what about the competition: the one place where the room speaks to notifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.queries.people import staff_members
from backend.core.actor import Actor
from backend.core.events import subscribe
from backend.core.i18n import lazy
from backend.ideas import events
from backend.ideas.calendar import NAMES
from backend.ideas.models import Edition, FeasibilityCheck, Idea, Phase, TeamMember
from backend.ideas.queries.standing import team_accounts
from backend.notifications import subjects, templates
from backend.notifications.service import Message, Recipient, Said, notify
from backend.notifications.subjects import Subject

KIND, EDITION = "idea", "edition"
MINE, DESK, CALENDAR = "ideas.mine", "ideas.desk", "ideas.calendar"
MOST_STAFF = 50


def link_to(public_id: str) -> str:
    """The page of an idea."""
    return f"/competitions/ideas/{public_id}"


def edition_link(public_id: str) -> str:
    """The page of an edition."""
    return f"/competitions/editions/{public_id}"


def _source(words: Any) -> str:
    found: str = words._args[0] if getattr(words, "_args", None) else str(words)
    return found


def _tell(
    session: Session,
    idea: str,
    template: str,
    key: str,
    *,
    followers: bool = True,
    besides: Sequence[int] = (),
    **context: Any,
) -> None:
    """Tell the team of an idea, and perhaps who follows it."""
    row = session.execute(select(Idea.id, Idea.title).where(Idea.public_id == idea)).first()
    if row is None:
        return
    to = [Recipient.account(account) for account in team_accounts(session, [row.id])[:90]]
    if followers:
        to.append(Recipient.followers_of(KIND, idea))
    if to:
        notify(
            session, topic=MINE, kind=KIND, public_id=idea, to=to, besides=besides,
            message=Message(template, {"title": row.title, **context}, link=link_to(idea)),
            key=f"idea:{idea}:{key}",
        )  # fmt: skip


def _tell_edition(session: Session, edition: str, template: str, key: str, **context: Any) -> None:
    row = session.execute(
        select(Edition.name, Edition.rehearsal).where(Edition.public_id == edition)
    ).one()
    if row.rehearsal:
        return
    notify(
        session, topic=CALENDAR, kind=EDITION, public_id=edition,
        to=[Recipient.followers_of(EDITION, edition)],
        message=Message(
            template, {"edition": dict(row.name), **context}, link=edition_link(edition)
        ),
        key=f"edition:{edition}:{key}",
    )  # fmt: skip


def _staff(session: Session, *roles: str, department: int | None = None) -> list[Recipient]:
    found = [
        Recipient.account(member.account_id)
        for member in staff_members(session, department)
        if member.roles & set(roles)
    ]
    return found[:MOST_STAFF]


@subscribe(events.PhaseTurned)
def phase_turned(session: Session, event: events.PhaseTurned) -> None:
    """Tell the followers of an edition what became of its calendar."""
    if event.action == "planned":
        return
    phase = Said(_source(NAMES[event.kind]))
    template = f"edition.phase_{event.action}"
    if event.action == "closed" and not event.reason:
        return  # as planned: nothing to tell
    _tell_edition(
        session, event.edition, template, f"{event.phase}:{event.version}",
        phase=phase, reason=event.reason or "",
    )  # fmt: skip


@subscribe(events.PhaseHeldBack)
def phase_held_back(session: Session, event: events.PhaseHeldBack) -> None:
    """Tell the organisers that a phase could not open."""
    to = _staff(session, "organiser")
    if to:
        notify(
            session, topic=DESK, kind=EDITION, public_id=event.edition, to=to,
            message=Message(
                "edition.phase_held_back",
                {"phase": Said(_source(NAMES[event.kind])), "missing": ", ".join(event.missing)},
                link=f"/console/competitions/{event.edition}",
            ),
            key=f"edition:{event.edition}:held:{event.phase}:{','.join(event.missing)}"[:150],
        )  # fmt: skip


@subscribe(events.IdeaChanged)
def idea_changed(session: Session, event: events.IdeaChanged) -> None:
    """Tell who follows an idea that it has changed."""
    besides = [event.by] if event.by else []
    _tell(session, event.public_id, "idea.changed", f"version:{event.number}", besides=besides)


@subscribe(events.IdeaEndorsed)
def idea_endorsed(session: Session, event: events.IdeaEndorsed) -> None:
    """Tell the team and followers that the support is enough."""
    _tell(session, event.public_id, "idea.endorsed", "endorsed", number=event.endorsements)


@subscribe(events.IdeaTurned)
def idea_turned(session: Session, event: events.IdeaTurned) -> None:
    """Tell what became of an idea; what is hidden is told to its team alone."""
    _tell(
        session, event.public_id, f"idea.{event.what}", f"{event.what}:{event.version}",
        followers=event.what == "withdrawn", reason=event.reason or "",
    )  # fmt: skip


@subscribe(events.CommentMade)
def comment_made(session: Session, event: events.CommentMade) -> None:
    """Tell the team and followers that somebody commented."""
    besides = [event.by] if event.by else []
    _tell(
        session, event.idea, "idea.commented", f"comment:{event.comment}",
        besides=besides, text=event.text[:500],
    )  # fmt: skip


@subscribe(events.CommentHidden)
def comment_hidden(session: Session, event: events.CommentHidden) -> None:
    """Tell the author of a comment why it went out of sight."""
    if event.author_id is None:
        return
    notify(
        session, topic=MINE, kind=KIND, public_id=event.idea,
        to=[Recipient.account(event.author_id)],
        message=Message("idea.comment_hidden", {"reason": event.reason}, link=link_to(event.idea)),
        key=f"idea:{event.idea}:hidden:{event.comment}",
    )  # fmt: skip


@subscribe(events.JoiningAsked)
def joining_asked(session: Session, event: events.JoiningAsked) -> None:
    """Ask the teams whether they agree."""
    besides = [event.by] if event.by else []
    for idea in event.ideas:
        _tell(
            session, idea, f"idea.{event.kind}_asked", f"joining:{event.joining}",
            followers=False, besides=besides, reason=event.reason,
        )  # fmt: skip


@subscribe(events.JoiningEnded)
def joining_ended(session: Session, event: events.JoiningEnded) -> None:
    """Tell the teams, and the followers when it was done, how a proposal ended."""
    done = event.state == "done"
    for idea in event.ideas:
        _tell(
            session, idea, f"idea.{event.kind}_{'done' if done else 'ended'}",
            f"joined:{event.joining}", followers=done,
        )  # fmt: skip


@subscribe(events.FeasibilityAsked)
def feasibility_asked(session: Session, event: events.FeasibilityAsked) -> None:
    """Tell a department that its finding is asked for."""
    title = session.execute(select(Idea.title).where(Idea.public_id == event.idea)).scalar()
    to = _staff(session, "department", department=event.department_id)
    if to:
        notify(
            session, topic=DESK, kind=KIND, public_id=event.idea, to=to,
            message=Message(
                "idea.check_asked", {"title": title or ""},
                link=f"/console/competitions/ideas/{event.idea}",
            ),
            key=f"idea:{event.idea}:check:{event.check}:{event.department_id}",
        )  # fmt: skip


@subscribe(events.FeasibilityDecided)
def feasibility_decided(session: Session, event: events.FeasibilityDecided) -> None:
    """Tell the team and followers what was found, and why."""
    _tell(
        session, event.idea, f"idea.checked_{event.outcome}", f"checked:{event.check}",
        reason=event.reason,
    )  # fmt: skip


@subscribe(events.AppealAnswered)
def appeal_answered(session: Session, event: events.AppealAnswered) -> None:
    """Tell the team and followers how an appeal was answered."""
    _tell(
        session, event.idea, f"idea.appeal_{event.state}", f"appeal:{event.appeal}",
        reason=event.answer,
    )  # fmt: skip


def remind_of_end(session: Session, edition: str, phase: Phase) -> None:
    """Remind the followers of an edition, and who has a draft, that a phase ends soon."""
    phase_name = Said(_source(NAMES[phase.kind]))
    key = f"ending:{phase.public_id}:{phase.ends_at:%Y%m%d%H%M}"
    _tell_edition(
        session, edition, "edition.phase_ends", key, phase=phase_name, until=phase.ends_at
    )
    if phase.kind != "propose":
        return
    drafts = session.execute(
        select(TeamMember.account_id, Idea.public_id)
        .join(Idea, Idea.id == TeamMember.idea_id)
        .where(
            Idea.edition_id == phase.edition_id,
            Idea.state == "draft",
            TeamMember.role == "author",
            TeamMember.account_id.is_not(None),
        )
        .limit(5000)
    ).all()
    for row in drafts:
        notify(
            session, topic=MINE, kind=KIND, public_id=row.public_id,
            to=[Recipient.account(row.account_id)],
            message=Message(
                "idea.draft_waits", {"until": phase.ends_at},
                link=f"/competitions/ideas/{row.public_id}/write",
            ),
            key=f"idea:{row.public_id}:{key}"[:150],
        )  # fmt: skip


def remind_of_finding(session: Session, now: datetime) -> None:
    """Remind departments of findings that are due within three days, once for each round."""
    rows = session.execute(
        select(FeasibilityCheck.public_id, FeasibilityCheck.department_id,
               FeasibilityCheck.due_at, Idea.public_id.label("idea"), Idea.title)
        .join(Idea, Idea.id == FeasibilityCheck.idea_id)
        .where(
            FeasibilityCheck.decided_at.is_(None),
            Idea.state == "proposed",
            FeasibilityCheck.due_at <= now + timedelta(days=3),
            FeasibilityCheck.due_at > now - timedelta(days=30),
        )
        .limit(200)
    ).all()  # fmt: skip
    for row in rows:
        to = _staff(session, "department", department=row.department_id)
        if to:
            notify(
                session, topic=DESK, kind=KIND, public_id=row.idea, to=to,
                message=Message(
                    "idea.check_due", {"title": row.title, "until": row.due_at},
                    link=f"/console/competitions/ideas/{row.idea}",
                ),
                key=f"idea:{row.idea}:due:{row.public_id}",
            )  # fmt: skip


def find_ideas(session: Session, actor: Actor, ids: Sequence[str]) -> Mapping[str, Subject]:
    """The ideas of these ids that everybody may see, as a list of follows shows them."""
    rows = session.execute(
        select(Idea.public_id, Idea.title)
        .join(Edition, Edition.id == Idea.edition_id)
        .where(
            Idea.public_id.in_(list(ids)[:500]),
            Idea.state != "draft",
            Idea.hidden_reason.is_(None),
            Edition.rehearsal.is_(False),
            Edition.state != "draft",
        )
    )
    return {row.public_id: Subject(row.title, link_to(row.public_id)) for row in rows}


def find_editions(session: Session, actor: Actor, ids: Sequence[str]) -> Mapping[str, Subject]:
    """The public editions of these ids."""
    from backend.core.i18n import in_language

    rows = session.execute(
        select(Edition.public_id, Edition.name).where(
            Edition.public_id.in_(list(ids)[:500]),
            Edition.rehearsal.is_(False),
            Edition.state != "draft",
        )
    )
    return {
        row.public_id: Subject(in_language(dict(row.name)), edition_link(row.public_id))
        for row in rows
    }


def introduce() -> None:
    """Register the words of our news, its topics, and what can be followed."""
    from backend.ideas.news_words import TEMPLATES

    subjects.register(KIND, find_ideas)
    subjects.register(EDITION, find_editions)
    templates.register_topic(MINE, label=lazy("News on ideas that I stand behind or follow"))
    templates.register_topic(DESK, label=lazy("Work on the competition"))
    templates.register_topic(CALENDAR, label=lazy("The calendar of competitions that I follow"))
    for name, (subject, text, push) in TEMPLATES.items():
        templates.register(name, subject=subject, text=text, push=push)

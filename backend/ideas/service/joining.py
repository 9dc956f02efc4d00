"""Merging ideas into one and splitting one into several, with every team's consent."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.classification import service as classification
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id, normalise_id
from backend.core.ledger import canonical
from backend.core.policy import authorise
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.ideas.events import JoiningAsked, JoiningEnded
from backend.ideas.models import (
    Edition,
    Idea,
    IdeaVersion,
    Joining,
    JoiningPart,
    Lineage,
    TeamMember,
    table_of,
)
from backend.ideas.policy import is_organiser
from backend.ideas.queries.standing import is_on_team, team_accounts
from backend.ideas.service.endorsing import carry_endorsements, recount
from backend.ideas.service.ideas import SAID, add_member, count_ideas
from backend.ideas.service.record import (
    authorise_idea,
    chronicle,
    edition_of,
    lock_edition,
    lock_idea,
    named,
    touch,
)
from backend.ideas.service.taking_part import require_phase
from backend.notifications.service import Message, Recipient, notify

JOINING = ("propose", "endorse", "feasibility")
MOST_PARTS = 5


def propose_joining(
    session: Session,
    actor: Actor,
    kind: str,
    ideas: Sequence[str],
    content: Sequence[Mapping[str, Any]],
    *,
    reason: str,
) -> Joining:
    """Propose to merge ideas into one, or to split one; each team that is concerned is asked."""
    taken = [lock_idea(session, public_id) for public_id in sorted(set(ideas))]
    _check_parts(kind, taken, content)
    relations = [authorise_idea(session, actor, "idea.read", idea) for idea in taken]
    mine = [idea for idea, relation in zip(taken, relations, strict=True) if relation == "own"]
    if not mine and not is_organiser(actor):
        raise Forbidden(_("Only the team of one of these ideas, or the city, can propose this."))
    authorise(actor, "idea.join", "own" if mine else "other")
    require_phase(session, taken[0].edition_id, JOINING)
    if len(reason.strip()) < 10:
        raise Invalid(errors={"reason": _("Say why; the other team reads it.")})
    joining = _store(session, actor, kind, taken, (mine, content, reason.strip()))
    asked = tuple(idea.public_id for idea in taken if idea not in mine)
    for idea in taken:
        told = {"joining": joining.public_id, "reason": reason}
        chronicle(session, idea, f"{kind}_proposed", named(actor, "author"), told)
    if asked:
        publish(session, JoiningAsked(joining.public_id, asked, kind, reason, actor.account_id))
    _finish_if_agreed(session, actor, joining)
    return joining


def _check_parts(kind: str, ideas: Sequence[Idea], content: Sequence[Mapping[str, Any]]) -> None:
    errors = {}
    if kind == "merge" and not 2 <= len(ideas) <= MOST_PARTS:
        errors["ideas"] = _("Choose 2 to %(n)s ideas to merge.", n=MOST_PARTS)
    elif kind == "merge" and len(content) != 1:
        errors["content"] = _("Write what the merged idea says.")
    elif kind == "split" and (len(ideas) != 1 or not 2 <= len(content) <= MOST_PARTS):
        errors["content"] = _("Write what each of the 2 to %(n)s ideas says.", n=MOST_PARTS)
    if errors:
        raise Invalid(errors=errors)
    if len({idea.edition_id for idea in ideas}) != 1:
        raise Invalid(errors={"ideas": _("Choose ideas of one edition.")})
    if any(idea.state not in ("proposed", "infeasible") for idea in ideas):
        raise Conflict(_("Only ideas that are proposed can be merged or split."))
    for entry in content:
        if len(str(entry.get("title") or "")) < 5 or len(str(entry.get("text") or "")) < 20:
            raise Invalid(errors={"content": _("Each idea needs a title and a description.")})


def _store(
    session: Session, actor: Actor, kind: str, ideas: Sequence[Idea], rest: tuple[Any, Any, str]
) -> Joining:
    mine, content, reason = rest
    busy = session.execute(
        select(Joining.id)
        .join(JoiningPart, JoiningPart.joining_id == Joining.id)
        .where(Joining.state == "waiting", JoiningPart.idea_id.in_([idea.id for idea in ideas]))
    ).first()
    if busy:
        raise Conflict(_("There is a proposal for one of these ideas already; answer it first."))
    now = utcnow()
    joining = Joining(
        public_id=new_public_id(), edition_id=ideas[0].edition_id, kind=kind, state="waiting",
        reason=reason, content=[dict(entry) for entry in content],
        proposed_by_id=actor.account_id, proposed_by="team" if mine else "city", created_at=now,
    )  # fmt: skip
    session.add(joining)
    session.flush()
    for idea in ideas:
        agreed = idea in mine
        session.execute(
            insert(table_of(JoiningPart)),
            {
                "joining_id": joining.id, "idea_id": idea.id,
                "consent": "yes" if agreed else "waiting",
                "answered_by_id": actor.account_id if agreed else None,
                "answered_at": now if agreed else None,
            },
        )  # fmt: skip
    return joining


def _waiting(session: Session, joining_id: str) -> Joining:
    joining = session.execute(
        select(Joining).where(Joining.public_id == normalise_id(joining_id[:64])).with_for_update()
    ).scalar_one_or_none()
    if joining is None:
        raise NotFound()
    if joining.state != "waiting":
        raise Conflict(_("This proposal has ended already."))
    return joining


def _parts(session: Session, joining: Joining) -> list[JoiningPart]:
    rows = session.execute(
        select(JoiningPart).where(JoiningPart.joining_id == joining.id).order_by(JoiningPart.id)
    )
    return list(rows.scalars())


def answer_joining(
    session: Session, actor: Actor, joining_id: str, *, agree: bool, reason: str | None = None
) -> Joining:
    """Agree or refuse for one's team; when all have agreed it is done, one refusal ends it."""
    authorise(actor, "idea.answer_joining", "own")
    joining = _waiting(session, joining_id)
    answered = 0
    for part in _parts(session, joining):
        if part.consent == "waiting" and is_on_team(session, actor.account_id, part.idea_id):
            part.consent, part.reason = "yes" if agree else "no", reason
            part.answered_by_id, part.answered_at = actor.account_id, utcnow()
            answered += 1
    if not answered:
        raise Forbidden(_("Your team is not asked, or has answered."))
    session.flush()
    if not agree:
        _end(session, joining, "refused", ())
    else:
        _finish_if_agreed(session, actor, joining)
    return joining


def withdraw_joining(session: Session, actor: Actor, joining_id: str) -> Joining:
    """Take a proposal back before everybody has agreed."""
    joining = _waiting(session, joining_id)
    if joining.proposed_by_id != actor.account_id and not is_organiser(actor):
        raise Forbidden()
    _end(session, joining, "withdrawn", ())
    return joining


def _end(session: Session, joining: Joining, state: str, into: tuple[str, ...]) -> None:
    joining.state, joining.ended_at = state, utcnow()
    session.flush()
    ids = [part.idea_id for part in _parts(session, joining)]
    names = session.execute(select(Idea.public_id).where(Idea.id.in_(ids))).scalars().all()
    publish(session, JoiningEnded(joining.public_id, tuple(names), into, joining.kind, state))


def _finish_if_agreed(session: Session, actor: Actor, joining: Joining) -> None:
    parts = _parts(session, joining)
    if any(part.consent != "yes" for part in parts):
        return
    keys = session.execute(
        select(Idea.public_id).where(Idea.id.in_([part.idea_id for part in parts]))
    ).scalars()
    sources = [lock_idea(session, key) for key in sorted(keys.all())]
    edition = lock_edition(session, edition_of(session, joining.edition_id).public_id)
    made = [_new_idea(session, edition, sources, entry) for entry in joining.content]
    state = "merged" if joining.kind == "merge" else "split"
    for idea in sources:
        idea.state = state
        touch(idea)
        told = {"into": [new.public_id for new in made], "joining": joining.public_id}
        chronicle(session, idea, state, named(actor, "author"), told)
    session.flush()
    for key in {idea.problem_id for idea in (*sources, *made)} - {None}:
        count_ideas(session, int(key or 0))
    for new in made:
        _inherit(session, edition, sources, new, state)
    _end(session, joining, "done", tuple(new.public_id for new in made))


def _new_idea(
    session: Session, edition: Edition, sources: Sequence[Idea], entry: Mapping[str, Any]
) -> Idea:
    """An idea that says what was agreed, with what the first of its sources had besides."""
    first, now = sources[0], utcnow()
    edition.ideas_numbered += 1
    said = {
        "title": str(entry["title"])[:120], "summary": str(entry.get("summary") or "")[:300],
        "text": str(entry["text"]), "benefit": str(entry.get("benefit") or first.benefit),
        "estimate": entry.get("estimate") or first.estimate,
    }  # fmt: skip
    idea = Idea(
        public_id=new_public_id(), version=1, edition_id=edition.id, state="proposed",
        number=edition.ideas_numbered, problem_id=first.problem_id, author_id=first.author_id,
        signature=" & ".join(dict.fromkeys(i.signature for i in sources if i.signature))[:80]
        or None,
        is_minor=any(i.is_minor for i in sources), language=first.language,
        folded=fold(f"{said['title']} {said['summary']} {said['text']}")[:20_000],
        district_id=first.district_id, address=first.address, lon=first.lon, lat=first.lat,
        domain=first.domain, component=first.component, placed_by=first.placed_by,
        unsure=first.unsure, contents=1, endorsements=0, comments=0, photos=0, proposed_at=now,
        created_at=now, updated_at=now, **said,
    )  # fmt: skip
    session.add(idea)
    session.flush()
    digest = hashlib.sha256(canonical({key: said[key] for key in SAID})).hexdigest()
    session.add(IdeaVersion(idea_id=idea.id, number=1, digest=digest, created_at=now, **said))
    session.flush()
    return idea


def _inherit(
    session: Session, edition: Edition, sources: Sequence[Idea], new: Idea, how: str
) -> None:
    now, ids = utcnow(), [idea.id for idea in sources]
    for idea in sources:
        session.execute(
            insert(table_of(Lineage)),
            {"from_id": idea.id, "to_id": new.id, "kind": how, "at": now},
        )
    members = session.execute(
        select(TeamMember.account_id, TeamMember.role, TeamMember.signature)
        .where(TeamMember.idea_id.in_(ids), TeamMember.state == "accepted")
        .order_by(TeamMember.id)
    ).all()
    seen: set[int] = set()
    for member in members:
        if member.account_id is None or member.account_id in seen:
            continue
        seen.add(member.account_id)
        role = "co_author" if member.role == "author" and len(seen) > 1 else member.role
        add_member(session, new, member.account_id, role, "accepted", signature=member.signature)
    asked = carry_endorsements(session, ids, new)
    _drop_own(session, new)
    recount(session, new, edition)
    chronicle(session, new, "made_by_" + how, "system", {"from": [i.public_id for i in sources]})
    classification.suggest_later(session, "idea", new.public_id)
    _ask_endorsers(session, new, asked)


def _drop_own(session: Session, new: Idea) -> None:
    """Nobody endorses their own idea: supports of who is on the new team fall away."""
    from sqlalchemy import delete

    from backend.ideas.models import Endorsement

    session.execute(
        delete(Endorsement).where(
            Endorsement.idea_id == new.id,
            Endorsement.account_id.in_(team_accounts(session, [new.id])),
        )
    )


def _ask_endorsers(session: Session, new: Idea, accounts: Sequence[int]) -> None:
    message = Message(
        "idea.endorsement_carried",
        {"title": new.title},
        link=f"/competitions/ideas/{new.public_id}",
    )
    for start in range(0, len(accounts), 90):
        to = [Recipient.account(account) for account in accounts[start : start + 90]]
        notify(
            session, topic="ideas.mine", kind="idea", public_id=new.public_id, to=to,
            message=message, key=f"idea:{new.public_id}:carried:{start}",
        )  # fmt: skip

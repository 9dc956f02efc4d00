"""Ideas: start a draft, save it as one types, propose it, revise it, withdraw it, place it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.classification import service as classification
from backend.classification.queries import component_codes, domain_of
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.ledger import canonical
from backend.core.policy import authorise
from backend.core.problems import Conflict, Forbidden, Invalid
from backend.ideas.events import IdeaChanged, IdeaProposed, IdeaTurned
from backend.ideas.models import (
    Edition,
    FeasibilityCheck,
    Idea,
    IdeaVersion,
    Phase,
    Problem,
    TeamMember,
)
from backend.ideas.service.problems import placed
from backend.ideas.service.record import (
    Versions,
    authorise_edition,
    authorise_idea,
    chronicle,
    edition_of,
    lock_edition,
    lock_idea,
    lock_problem,
    named,
    touch,
)
from backend.ideas.service.taking_part import admit, open_phase_among
from backend.media import service as media

KIND = "idea"
SAID = ("title", "summary", "text", "benefit", "estimate")
WORDS = ("title", "summary", "text", "benefit")
PLAIN = (*WORDS, "language", "signature", "is_minor", "address")
MOST_DRAFTS = 20
REVISABLE = ("proposed", "endorse")


def start_idea(
    session: Session,
    actor: Actor,
    edition_id: str,
    content: Mapping[str, Any] | None = None,
) -> Idea:
    """Start a draft; it is its team's alone until it is proposed."""
    authorise(actor, "idea.start")
    edition = lock_edition(session, edition_id)
    authorise_edition(actor, "edition.read", edition)
    _can_still_propose(session, edition)
    drafts = session.execute(
        select(func.count()).where(
            Idea.author_id == actor.account_id, Idea.state == "draft",
            Idea.edition_id == edition.id,
        )
    ).scalar_one()  # fmt: skip
    if drafts >= MOST_DRAFTS:
        raise Conflict(_("You have %(n)s drafts already. Finish or delete one.", n=drafts))
    now = utcnow()
    idea = Idea(
        public_id=new_public_id(), version=1, edition_id=edition.id, state="draft",
        author_id=actor.account_id, is_minor=False, title="", summary="", text="", benefit="",
        folded="", language=actor.language, unsure=False, contents=0, endorsements=0, comments=0,
        photos=0, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(idea)
    session.flush()
    add_member(session, idea, actor.account_id, "author", "accepted")
    if content:
        _write(session, edition, idea, content)
    session.flush()
    return idea


def add_member(
    session: Session,
    idea: Idea,
    account_id: int | None,
    role: str,
    state: str,
    *,
    signature: str | None = None,
    invitation_hash: str | None = None,
) -> TeamMember:
    """Write somebody into the team of an idea."""
    now = utcnow()
    member = TeamMember(
        public_id=new_public_id(), idea_id=idea.id, account_id=account_id, role=role, state=state,
        signature=signature, invitation_hash=invitation_hash, created_at=now,
        answered_at=now if state == "accepted" else None,
    )  # fmt: skip
    session.add(member)
    session.flush()
    return member


def _can_still_propose(session: Session, edition: Edition) -> None:
    phase = session.execute(
        select(Phase).where(Phase.edition_id == edition.id, Phase.kind == "propose")
    ).scalar_one_or_none()
    over = phase is None or phase.state in ("closed", "annulled") or phase.ends_at <= utcnow()
    if edition.state not in ("running", "draft") or over:
        raise Conflict(_("Ideas can no longer be proposed in this edition."))


def save_idea(
    session: Session,
    actor: Actor,
    public_id: str,
    content: Mapping[str, Any],
    *,
    versions: Versions = None,
    note: str | None = None,
) -> Idea:
    """Save what a team has written: a draft in place, a proposed idea as a new version."""
    idea = lock_idea(session, public_id, versions)
    authorise_idea(session, actor, "idea.write", idea)
    edition = edition_of(session, idea.edition_id)
    if idea.state != "draft":
        _may_revise(session, actor, idea)
    _write(session, edition, idea, content)
    touch(idea)
    if idea.state != "draft":
        errors = _incomplete(session, edition, idea)
        if errors:
            raise Invalid(errors=errors)
        _new_version(session, actor, idea, note)
    session.flush()
    return idea


def _may_revise(session: Session, actor: Actor, idea: Idea) -> None:
    if idea.state == "proposed" and open_phase_among(
        session, idea.edition_id, ("propose", "endorse")
    ):
        return
    amending = session.execute(
        select(FeasibilityCheck.id).where(
            FeasibilityCheck.idea_id == idea.id,
            FeasibilityCheck.round == _last_round(session, idea.id),
            FeasibilityCheck.outcome.in_(("infeasible", "with_conditions")),
            FeasibilityCheck.appeal_until > utcnow(),
        )
    ).first()
    if not amending or not open_phase_among(session, idea.edition_id, ("feasibility",)):
        raise Conflict(_("This idea can no longer be changed at this stage."))


def _last_round(session: Session, idea_id: int) -> int:
    found = session.execute(
        select(func.max(FeasibilityCheck.round)).where(FeasibilityCheck.idea_id == idea_id)
    ).scalar()
    return int(found or 0)


def _write(session: Session, edition: Edition, idea: Idea, content: Mapping[str, Any]) -> None:
    for key in PLAIN:
        if key in content:
            value = content[key]
            setattr(idea, key, (value or "").strip() if key in WORDS else value)
    if "problem" in content:
        _answer(session, edition, idea, content["problem"])
    if "place" in content or "district" in content:
        for key, value in placed(session, content.get("place"), content.get("district")).items():
            setattr(idea, key, value)
    if "estimate_lines" in content:
        lines = content["estimate_lines"] or []
        idea.estimate_lines = [dict(line) for line in lines]
        if lines:
            idea.estimate = round(sum(line["number"] * line["price"] for line in lines))
    if content.get("estimate") is not None and not content.get("estimate_lines"):
        idea.estimate = content["estimate"]
    if content.get("photos"):
        _attach(session, idea, content["photos"])
    idea.folded = fold(f"{idea.title} {idea.summary} {idea.text}")[:20_000]


def _attach(session: Session, idea: Idea, photos: Sequence[str]) -> None:
    public = idea.state != "draft" and idea.hidden_reason is None
    idea.photos = media.attach(session, tuple(photos), KIND, idea.public_id, public=public)
    idea.photo = idea.photo or photos[0]


def _answer(session: Session, edition: Edition, idea: Idea, problem_id: str | None) -> None:
    before = idea.problem_id
    if problem_id:
        problem = lock_problem(session, problem_id)
        if problem.edition_id != edition.id or problem.state != "open":
            raise Invalid(errors={"problem": _("Choose an open problem of this edition.")})
        idea.problem_id = problem.id
    else:
        idea.problem_id = None
    session.flush()
    for key in {before, idea.problem_id} - {None}:
        count_ideas(session, int(key or 0))


def count_ideas(session: Session, problem_id: int) -> None:
    """Count the public ideas that answer a problem."""
    problem = session.execute(select(Problem).where(Problem.id == problem_id)).scalar_one()
    problem.ideas = session.execute(
        select(func.count()).where(
            Idea.problem_id == problem_id,
            Idea.state.not_in(("draft", "withdrawn", "merged", "split")),
            Idea.hidden_reason.is_(None),
        )
    ).scalar_one()


def _incomplete(session: Session, edition: Edition, idea: Idea) -> dict[str, str]:
    errors = {}
    if len(idea.title) < 5:
        errors["title"] = _("Give it a title of a few words.")
    if len(idea.summary) < 20:
        errors["summary"] = _("Say in one sentence what should be done.")
    if len(idea.text) < 60:
        errors["text"] = _("Describe the idea in a few sentences.")
    if not idea.estimate:
        errors["estimate"] = _("Say roughly what it will cost.")
    elif edition.largest_cost is not None and idea.estimate > edition.largest_cost:
        errors["estimate"] = _("At most %(n)s is given for one idea.", n=edition.largest_cost)
    elif edition.smallest_cost is not None and idea.estimate < edition.smallest_cost:
        errors["estimate"] = _("At least %(n)s is given for one idea.", n=edition.smallest_cost)
    if idea.is_minor and not _has_sponsor(session, idea.id):
        errors["sponsor"] = _("A team of minors needs a grown-up who has accepted to sponsor it.")
    return errors


def _has_sponsor(session: Session, idea_id: int) -> bool:
    found = session.execute(
        select(TeamMember.id).where(
            TeamMember.idea_id == idea_id,
            TeamMember.role == "sponsor",
            TeamMember.state == "accepted",
        )
    ).first()
    return found is not None


def propose_idea(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    old_enough: bool = False,
    versions: Versions = None,
) -> Idea:
    """Hand a draft in; from now on everybody reads it, and it has a number."""
    idea = lock_idea(session, public_id, versions)
    authorise_idea(session, actor, "idea.write", idea)
    if idea.state != "draft":
        raise Conflict(_("This idea has been proposed already."))
    minimum = old_enough or idea.is_minor  # the sponsor stands in for the age of minors
    admit(session, actor, idea.edition_id, ("propose",), old_enough=minimum)
    edition = lock_edition(session, edition_of(session, idea.edition_id).public_id)
    errors = _incomplete(session, edition, idea)
    if errors:
        raise Invalid(errors=errors)
    edition.ideas_numbered += 1
    idea.number, idea.state, idea.proposed_at = edition.ideas_numbered, "proposed", utcnow()
    if not edition.endorsements_needed:
        idea.endorsed_at = idea.proposed_at
    touch(idea)
    session.flush()
    media.set_public(session, KIND, idea.public_id, public=True)
    if idea.problem_id:
        count_ideas(session, idea.problem_id)
    _new_version(session, actor, idea, None)
    chronicle(session, idea, "proposed", named(actor, "author"), {"title": idea.title})
    publish(session, IdeaProposed(idea.public_id))
    return idea


def _new_version(session: Session, actor: Actor, idea: Idea, note: str | None) -> None:
    """Keep what the idea says now as its next version; unchanged words make none."""
    said = {key: getattr(idea, key) for key in SAID}
    digest = hashlib.sha256(canonical(said)).hexdigest()
    last = session.execute(
        select(IdeaVersion.digest).where(
            IdeaVersion.idea_id == idea.id, IdeaVersion.number == idea.contents
        )
    ).scalar()
    if last == digest:
        return
    idea.contents += 1
    session.add(
        IdeaVersion(
            idea_id=idea.id, number=idea.contents, note=note, author_id=actor.account_id,
            digest=digest, created_at=utcnow(), **said,
        )
    )  # fmt: skip
    session.flush()
    classification.suggest_later(session, KIND, idea.public_id)
    if idea.contents > 1:
        told = {"number": idea.contents, "digest": digest}
        chronicle(session, idea, "changed", named(actor, "author"), told)
        publish(session, IdeaChanged(idea.public_id, idea.contents, actor.account_id))


def discard_draft(session: Session, actor: Actor, public_id: str) -> None:
    """Delete a draft for good."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.write", idea)
    if idea.state != "draft":
        raise Conflict(_("A proposed idea is withdrawn, not deleted."))
    if idea.author_id != actor.account_id:
        raise Forbidden(_("Only who started the draft can delete it."))
    remove_draft(session, idea)


def remove_draft(session: Session, idea: Idea) -> None:
    """Take a draft out of the database with everything that hangs on it."""
    from sqlalchemy import delete

    media.forget(session, KIND, [idea.public_id])
    session.execute(delete(TeamMember).where(TeamMember.idea_id == idea.id))
    session.delete(idea)
    session.flush()


def withdraw_idea(
    session: Session,
    actor: Actor,
    public_id: str,
    reason: str,
    *,
    versions: Versions = None,
) -> Idea:
    """Take one's own idea back; everybody reads why."""
    idea = lock_idea(session, public_id, versions)
    authorise_idea(session, actor, "idea.withdraw", idea)
    if idea.state not in ("proposed", "feasible", "infeasible"):
        raise Conflict(_("An idea can be withdrawn until it stands on the ballot."))
    idea.state, idea.state_reason = "withdrawn", reason.strip() or None
    touch(idea)
    session.flush()
    if idea.problem_id:
        count_ideas(session, idea.problem_id)
    chronicle(session, idea, "withdrawn", named(actor, "author"), {"reason": reason})
    publish(session, IdeaTurned(idea.public_id, "withdrawn", idea.state_reason, idea.version))
    return idea


def place_idea(
    session: Session, actor: Actor, public_id: str, component: str, *, reason: str | None = None
) -> Idea:
    """Say where in the taxonomy an idea belongs; the model learns from it."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.place", idea)
    if component not in component_codes():
        raise Invalid(errors={"component": _("Choose one of the components of the taxonomy.")})
    classification.correct(session, actor, KIND, idea.public_id, component, reason=reason)
    idea.component, idea.domain = component, domain_of(component)
    idea.placed_by, idea.unsure = "person", False
    touch(idea)
    chronicle(session, idea, "placed", named(actor), {"component": component})
    session.flush()
    return idea

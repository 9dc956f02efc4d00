"""Teams: invite co-authors and sponsors, who accept or decline; leave."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import hash_secret, new_secret
from backend.core.policy import authorise
from backend.core.problems import Conflict, Gone, Invalid, NotFound
from backend.ideas.models import Idea, TeamMember
from backend.ideas.models.idea import INVITED_AS
from backend.ideas.service.ideas import add_member
from backend.ideas.service.record import authorise_idea, chronicle, lock_idea, named, touch
from backend.notifications.service import Message, Recipient, notify

LARGEST_TEAM = 12


def invite(
    session: Session, actor: Actor, public_id: str, role: str, *, email: str | None = None
) -> str:
    """Invite somebody to stand behind an idea; the secret of the link, which works once.

    With an address the link goes there by letter; the address is not kept here.
    """
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.invite", idea)
    if idea.state not in ("draft", "proposed", "feasible", "infeasible"):
        raise Conflict(_("The team of this idea can no longer change."))
    if role not in INVITED_AS:
        raise Invalid(errors={"role": _("Choose co-author or sponsor.")})
    size = session.execute(
        select(func.count()).where(
            TeamMember.idea_id == idea.id, TeamMember.state.in_(("invited", "accepted"))
        )
    ).scalar_one()
    if size >= LARGEST_TEAM:
        raise Conflict(_("A team has %(n)s people at most.", n=LARGEST_TEAM))
    secret = new_secret()
    member = add_member(session, idea, None, role, "invited", invitation_hash=hash_secret(secret))
    if email:
        notify(
            session, topic="ideas.mine", kind="idea", public_id=idea.public_id,
            to=[Recipient.address(email, link=f"/competitions/invitations/{secret}")],
            message=Message(
                "idea.invited", {"title": idea.title or "…"},
                link=f"/competitions/invitations/{secret}", at_once=True,
            ),
            key=f"idea:{idea.public_id}:invited:{member.public_id}",
        )  # fmt: skip
    return secret


def invited_to(session: Session, secret: str) -> tuple[TeamMember, Idea]:
    """The invitation behind a link; Gone once it was answered."""
    member = session.execute(
        select(TeamMember).where(TeamMember.invitation_hash == hash_secret(secret[:64]))
    ).scalar_one_or_none()
    if member is None:
        raise NotFound()
    if member.state != "invited":
        raise Gone(_("This invitation has been answered already."))
    idea = session.execute(select(Idea).where(Idea.id == member.idea_id)).scalar_one()
    return member, idea


def answer_invitation(
    session: Session,
    actor: Actor,
    secret: str,
    *,
    accept: bool,
    signature: str | None = None,
) -> Idea:
    """Accept or decline an invitation; whoever accepts stands behind the idea from now on."""
    authorise(actor, "idea.answer_invitation")
    member, found = invited_to(session, secret)
    idea = lock_idea(session, found.public_id)
    known = session.execute(
        select(TeamMember.id).where(
            TeamMember.idea_id == idea.id,
            TeamMember.account_id == actor.account_id,
            TeamMember.state == "accepted",
        )
    ).first()
    if accept and known:
        raise Conflict(_("You stand behind this idea already."))
    member.state = "accepted" if accept else "declined"
    member.account_id = actor.account_id if accept else None
    member.signature = signature if accept else None
    member.answered_at = utcnow()
    touch(idea)
    chronicle(session, idea, f"invitation_{member.state}", named(actor), {"role": member.role})
    session.flush()
    return idea


def leave_team(session: Session, actor: Actor, public_id: str) -> None:
    """Stand behind an idea no longer; its first author stays or withdraws it."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.write", idea)
    member = session.execute(
        select(TeamMember).where(
            TeamMember.idea_id == idea.id,
            TeamMember.account_id == actor.account_id,
            TeamMember.state == "accepted",
        )
    ).scalar_one_or_none()
    if member is None or member.role == "author":
        raise Conflict(_("The first author cannot leave; withdraw the idea instead."))
    member.state, member.account_id, member.answered_at = "left", None, utcnow()
    touch(idea)
    chronicle(session, idea, "left", named(actor), {"role": member.role})
    session.flush()

"""Who may vote, and as whom: by account, by a single-use code, or with help at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.queries import account_details, find_account, find_account_by_email
from backend.city import queries as city
from backend.core.actor import Actor
from backend.core.crypto import keyring
from backend.core.i18n import _
from backend.core.ids import ALPHABET, normalise_id
from backend.core.policy import authorise
from backend.core.problems import Forbidden, Invalid, SignInNeeded
from backend.ideas.models.ballot import CodeBatch, VotingCode
from backend.ideas.service.casting import Voter

CODE_LENGTH = 13
CODE_PURPOSE = "vote.code"
_LEVELS = ("anonymous", "contact_verified", "resident_verified")


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody brings to the ballot box beside their session."""

    code: str | None = None
    of_age: bool = False
    for_another: bool = False


def voter_of(session: Session, actor: Actor, vote: Mapping[str, Any], claim: Claim) -> Voter:
    """The voter behind a request, if the rules of the vote let them vote; else why not."""
    rules = vote["voters"] or {}
    if rules.get("minimum_age") and not claim.of_age:
        raise Invalid(
            errors={"of_age": _("Say that you are %(n)s or older.", n=rules["minimum_age"])}
        )
    if rules.get("code"):
        return _by_code(session, vote, claim)
    if actor.is_anonymous or actor.account_id is None or actor.public_id is None:
        raise SignInNeeded(_("Sign in to vote."))
    return _by_account(session, vote, actor.account_id, actor.public_id, "online")


def may_vote(session: Session, actor: Actor, vote: Mapping[str, Any]) -> str | None:
    """Why somebody cannot vote by their account, in words for them; None when they can."""
    rules = vote["voters"] or {}
    if rules.get("code"):
        return None
    try:
        voter_of(session, actor, vote, Claim(of_age=True))
    except (Forbidden, SignInNeeded) as problem:
        return str(problem.detail)
    return None


def _by_account(
    session: Session, vote: Mapping[str, Any], account_id: int, public_id: str, way: str
) -> Voter:
    rules = vote["voters"] or {}
    details = account_details(session, account_id)
    if details is None:
        raise SignInNeeded()
    needed = rules.get("assurance") or "resident_verified"
    if _LEVELS.index(details["assurance"]) < _LEVELS.index(needed):
        raise Forbidden(
            _("Only residents vote. Show that you live here first, in your account.")
            if needed == "resident_verified"
            else _("Confirm your e-mail address or telephone number first, in your account.")
        )
    facts = city.facts(session)
    district = next((d.code for d in facts.districts if d.id == details["district_id"]), None)
    return Voter(
        f"account:{public_id}", way, _pots_for(vote, district), account_id=account_id
    )  # fmt: skip


def _pots_for(vote: Mapping[str, Any], district: str | None) -> frozenset[str] | None:
    """The pots that somebody of a district votes on; None for all of them."""
    rules = vote["voters"] or {}
    allowed = rules.get("districts")
    if allowed and district not in allowed:
        raise Forbidden(_("This vote is for residents of certain districts. Yours is not one."))
    if not rules.get("own_district"):
        return None
    mine = frozenset(pot["code"] for pot in vote["pots"] if pot.get("district") in (None, district))
    if not mine:
        raise Forbidden(_("There is nothing to vote on in your district."))
    return mine


def code_mac(vote_key: int, code: str) -> list[str]:
    """The keyed hashes of a code, newest key first."""
    return keyring().macs(f"{vote_key} {code}", CODE_PURPOSE)


def _by_code(session: Session, vote: Mapping[str, Any], claim: Claim) -> Voter:
    plain = normalise_id((claim.code or "")[:60])
    unknown = Invalid(
        errors={"code": _("We do not know this code. Copy its 13 characters from your letter.")}
    )
    if len(plain) != CODE_LENGTH or any(c not in ALPHABET for c in plain):
        raise unknown
    found = session.execute(
        select(VotingCode.code_mac, CodeBatch.district)
        .join(CodeBatch, CodeBatch.id == VotingCode.batch_id)
        .where(
            VotingCode.code_mac.in_(code_mac(vote["id"], plain)),
            CodeBatch.vote_id == vote["id"],
            CodeBatch.revoked_at.is_(None),
        )
    ).first()
    if found is None:
        raise unknown
    if claim.for_another and not (vote["voters"] or {}).get("proxy"):
        raise Forbidden(_("Voting for somebody else is not allowed in this vote."))
    pots = _pots_for(vote, found.district)
    return Voter(f"code:{found.code_mac}", "proxy" if claim.for_another else "code", pots)


def voter_at_desk(
    session: Session, actor: Actor, vote: Mapping[str, Any], *,
    account: str | None = None, code: str | None = None,
) -> Voter:  # fmt: skip
    """The person in front of the help desk, found by account or by the code of their letter."""
    authorise(actor, "vote.assist")
    if not (vote["voters"] or {}).get("desk") and not (vote["voters"] or {}).get("paper"):
        raise Forbidden(_("Help at the desk is not allowed in this vote."))
    if (vote["voters"] or {}).get("code"):
        voter = _by_code(session, vote, Claim(code=code))
        return Voter(voter.key, "desk", voter.pots)
    words = (account or "").strip()[:254]
    found = (
        find_account_by_email(session, words) if "@" in words
        else find_account(session, normalise_id(words))
    )  # fmt: skip
    if found is None or found.state != "active":
        raise Invalid(errors={"account": _("No account has this address or number.")})
    if found.id == actor.account_id:
        raise Forbidden(_("Cast your own ballot from your own account."))
    voter = _by_account(session, vote, found.id, found.public_id, "desk")
    return Voter(voter.key, "desk", voter.pots)

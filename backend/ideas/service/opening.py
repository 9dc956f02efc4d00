"""The life of a vote: frozen and hashed when it opens, closed to the second, unlinked for good."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.crypto import keyring
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.ideas.ballot_form import MOST_OPTIONS, BallotForm
from backend.ideas.count import Rule, RuleError, rule_from
from backend.ideas.models import Edition, Idea
from backend.ideas.models.ballot import (
    Vote,
    VoteOption,
)
from backend.ideas.queries.votes import STREAM
from backend.ideas.secrecy import new_key
from backend.ideas.service.casting import SIGNING
from backend.ideas.service.closing import CLOSE
from backend.ideas.tally import pot_terms

FORMAT = "vox-urbis-vote/1"
ON_BALLOT = ("feasible", "on_ballot")


def vote_row(session: Session, edition_id: int) -> tuple[int, str]:
    """The vote of an edition, as key and public id; set up when it is asked for first."""
    row = session.execute(
        select(Vote.id, Vote.public_id).where(Vote.edition_id == edition_id)
    ).first()
    if row is not None:
        return row.id, row.public_id
    now, public_id = utcnow(), new_public_id()
    made = session.execute(
        insert(Vote)
        .values(
            public_id=public_id, edition_id=edition_id, version=1, state="draft",
            created_at=now, updated_at=now,
        )
        .returning(Vote.id)
    )  # fmt: skip
    return int(made.scalar_one()), public_id


def missing_for_vote(session: Session, edition_id: int) -> list[str]:
    """What a vote still lacks before it can open, in words for the organiser."""
    edition = _edition(session, edition_id)
    found: list[str] = []
    if not edition["ballot"]:
        found.append(_("The ballot is not declared: its kind and how much may be chosen."))
    if not edition["rule"]:
        found.append(_("The rule of the count is not declared."))
    elif "lot" in edition["rule"].get("tie", ()) and not _lot_source(edition):
        found.append(_("The public source of the lot for ties is not named."))
    pots = pots_for(edition)
    if not pots or any(not pot["budget"] for pot in pots):
        found.append(_("The budget is not set."))
    ideas = _candidates(session, edition_id)
    if len(ideas) < 2:
        found.append(_("Fewer than two ideas were found feasible."))
    for idea in ideas:
        if not idea["cost"]:
            found.append(_("“%(title)s” has no cost.", title=idea["title"]))
        elif _pot_of(session, idea, pots) is None:
            found.append(_("“%(title)s” belongs to no pot.", title=idea["title"]))
    return found


def _lot_source(edition: Mapping[str, Any]) -> str | None:
    """Where the seed of the lot will come from, named before anybody can know it."""
    return (edition["ballot"] or {}).get("lot_source")


def _edition(session: Session, edition_id: int) -> dict[str, Any]:
    row = session.execute(select(Edition.__table__).where(Edition.id == edition_id)).mappings()
    found = row.first()
    if found is None:
        raise NotFound()
    return dict(found)


def _candidates(session: Session, edition_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Idea.id, Idea.public_id, Idea.title, Idea.cost, Idea.district_id, Idea.component,
            Idea.domain,
        )
        .where(Idea.edition_id == edition_id, Idea.state.in_(ON_BALLOT))
        .order_by(Idea.number, Idea.id)
        .limit(MOST_OPTIONS)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def kind_of(ballot: Mapping[str, Any]) -> str:
    """The kind of a declared ballot."""
    return str(ballot.get("kind") or ballot.get("style") or "approval")


def declared_rule(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a stored rule that the count engine declares and hashes."""
    return {part: stored[part] for part in Rule().declared() if part in stored}


def declare_vote(
    session: Session, actor: Actor, edition_id: str, ballot: Mapping[str, Any],
    rule: Mapping[str, Any],
) -> str:  # fmt: skip
    """Set the ballot and the rule of an edition, until they are frozen at the opening."""
    authorise(actor, "vote.organise")
    row = session.execute(
        select(Edition.id, Edition.rules_frozen_at)
        .where(Edition.public_id == edition_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound()
    if row.rules_frozen_at is not None:
        raise Conflict(_("The vote has opened. Its rules cannot change any more."))
    parts = dict(rule)
    quorum = parts.pop("quorum", 0)
    parts.pop("name", None)
    if not isinstance(quorum, int) or not 0 <= quorum < 10**9:
        raise Invalid(errors={"rule.quorum": _("Write a number, 0 for none.")})
    try:
        declared = rule_from({**Rule().declared(), **parts}).declared()
    except (RuleError, TypeError, ValueError, KeyError) as error:
        raise Invalid(errors={"rule": str(error)}) from error
    kind = kind_of(ballot)
    if declared["rule"] == "phragmen" and kind not in ("approval", "knapsack"):
        raise Invalid(errors={"rule": _("Phragmén counts ballots that approve.")})
    session.execute(
        update(Edition)
        .where(Edition.id == row.id)
        .values(
            ballot={**ballot, "style": kind},
            rule={**declared, "name": declared["rule"], "quorum": quorum},
            version=Edition.version + 1, updated_at=utcnow(),
        )
    )  # fmt: skip
    _key, public_id = vote_row(session, row.id)
    content = {"ballot": dict(ballot), "rule": declared, "quorum": quorum}
    append(session, STREAM, public_id, "declared", actor.key, content)
    return public_id


def pots_for(edition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pots of an edition; without any of its own, one for the whole city."""
    stored: Sequence[Mapping[str, Any]] = edition["pots"] or ()
    if not stored:
        return [{"code": "city", "name": {}, "budget": edition["budget"] or 0}]
    return [
        {
            "code": pot["code"],
            "name": pot.get("name") or {},
            "budget": pot.get("amount") or pot.get("budget") or 0,
            **{key: pot[key] for key in ("district", "component", "minimum", "maximum")
               if pot.get(key) is not None},
        }
        for pot in stored
    ]  # fmt: skip


def _pot_of(
    session: Session, idea: Mapping[str, Any], pots: Sequence[Mapping[str, Any]]
) -> str | None:
    district = next(
        (d.code for d in city.facts(session).districts if d.id == idea["district_id"]), None
    )
    for pot in pots:
        if pot.get("district") and pot["district"] == district:
            return str(pot["code"])
        if pot.get("component") and pot["component"] in (idea["component"], idea["domain"]):
            return str(pot["code"])
    open_to_all = [p for p in pots if not p.get("district") and not p.get("component")]
    return str(open_to_all[0]["code"]) if open_to_all else None


def open_vote(
    session: Session, edition_id: int, *, opens_at: datetime, closes_at: datetime,
    who: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Freeze the ballot, the pots, the voters and the rule, hash them, and open the vote."""
    if lacking := missing_for_vote(session, edition_id):
        raise Conflict(" ".join(lacking))
    key, public_id = vote_row(session, edition_id)
    state = session.execute(
        select(Vote.state).where(Vote.id == key).with_for_update()
    ).scalar_one()  # fmt: skip
    if state != "draft":
        raise Conflict(_("This vote was opened already. Its rules cannot change any more."))
    manifest = _manifest(session, edition_id, public_id, opens_at, closes_at, who or {})
    _keep_options(session, edition_id, key, manifest["options"])
    digest = hashlib.sha256(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)).hexdigest()
    now = utcnow()
    session.execute(
        update(Vote)
        .where(Vote.id == key)
        .values(
            state="open", opens_at=opens_at, closes_at=closes_at, manifest=manifest,
            **{part: manifest[part] for part in ("ballot", "pots", "voters", "rule")},
            manifest_hash=digest,
            mark_key=new_key(), link_key=new_key(), opened_at=now, updated_at=now,
            version=Vote.version + 1,
        )
    )  # fmt: skip
    session.execute(
        update(Idea).where(Idea.id.in_([o["idea_id"] for o in _rows(session, key)]))
        .values(state="on_ballot", updated_at=now)
    )  # fmt: skip
    session.execute(
        update(Edition)
        .where(Edition.id == edition_id)
        .values(rules_digest=digest, rules_frozen_at=now, updated_at=now)
    )
    append(session, STREAM, public_id, "opened", "system", {"manifest": digest})
    enqueue(session, CLOSE, {"vote": public_id}, run_at=closes_at)
    return public_id


def _manifest(  # noqa: PLR0917 - all that is frozen
    session: Session, edition_id: int, public_id: str, opens_at: datetime, closes_at: datetime,
    who: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Everything that voters may rely on, as it is hashed."""
    edition = _edition(session, edition_id)
    declared = dict(edition["ballot"])
    pots = pots_for(edition)
    voters = {**who, **declared.pop("voters", {})}
    rule = declared_rule(edition["rule"])
    ballot = {
        **BallotForm.read({**declared, "kind": kind_of(declared)}).document(),
        "withdrawn": declared.get("withdrawn") or "strike",
        **{name: declared.get(name) for name in ("lot_source", "objection_days", "caps")},
    }
    options = _number_options(session, edition_id, pots, declared.get("exclusions") or ())
    manifest = {
        "format": FORMAT,
        "vote": public_id,
        "edition": edition["public_id"],
        "opens_at": rfc3339(opens_at),
        "closes_at": rfc3339(closes_at),
        "ballot": ballot,
        "pots": pots,
        "voters": voters,
        "rule": rule,
        "quorum": edition["rule"].get("quorum") or 0,
        "currency": edition["currency"],
        "options": options,
        "signing_key": signing_key(),
    }
    manifest["terms"] = {pot["code"]: pot_terms(manifest, pot, rule) for pot in pots}
    return manifest


def signing_key() -> str:
    """The public key that receipts are checked with, hexadecimal."""
    public = keyring().signing_key(SIGNING).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _rows(session: Session, key: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(VoteOption.idea_id).where(VoteOption.vote_id == key).limit(MOST_OPTIONS)
    )
    return [dict(row) for row in rows.mappings()]


def _number_options(
    session: Session, edition_id: int, pots: Sequence[Mapping[str, Any]],
    exclusions: Sequence[Sequence[str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Put the ideas onto the ballot in an order drawn by lot, pot by pot."""
    ideas = _candidates(session, edition_id)
    secrets.SystemRandom().shuffle(ideas)
    order = {pot["code"]: place for place, pot in enumerate(pots)}
    placed = [(idea, _pot_of(session, idea, pots) or "") for idea in ideas]
    placed.sort(key=lambda pair: order[pair[1]])
    group = {idea: f"group {n}" for n, ids in enumerate(exclusions, start=1) for idea in ids}
    return [
        {
            "number": number, "idea": idea["public_id"], "title": idea["title"],
            "cost": idea["cost"], "pot": pot, "exclusion": group.get(idea["public_id"]),
            "categories": [idea["domain"]] if idea["domain"] else [],
        }
        for number, (idea, pot) in enumerate(placed, start=1)
    ]  # fmt: skip


def _keep_options(
    session: Session, edition_id: int, key: int, options: Sequence[Mapping[str, Any]]
) -> None:
    keys = {idea["public_id"]: idea["id"] for idea in _candidates(session, edition_id)}
    rows = [{**o, "vote_id": key, "idea_id": keys[o["idea"]]} for o in options]
    session.execute(insert(VoteOption), rows)

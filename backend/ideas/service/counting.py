"""Counting a closed vote, publishing what came out, objections and recounts."""

from collections.abc import Mapping
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Gone, Invalid, NotFound
from backend.core.storage import storage
from backend.ideas import tally
from backend.ideas.count import rule_from
from backend.ideas.count.package import Publication, election_from, package_files
from backend.ideas.count.package.format import archive
from backend.ideas.models import Idea
from backend.ideas.models.ballot import Count, Objection, PaperBatch, Vote, VoteOption
from backend.ideas.queries.votes import (
    STREAM,
    ballots_of,
    hours_of,
    option_rows,
    struck_of,
    turnout,
    vote_by_id,
)
from backend.ideas.service.casting import spoken
from backend.ideas.service.codes import code_batches

COUNT = "ideas.count"
OBJECTION_DAYS, ANSWER_DAYS = 14, 14
MOST_OBJECTIONS = 500


def request_count(
    session: Session, actor: Actor, vote_id: str, *, seed: str | None, reason: str | None
) -> str:
    """Ask for the count of a closed vote; a recount needs a reason that everybody reads."""
    authorise(actor, "vote.count")
    vote = vote_by_id(session, vote_id)
    if vote["state"] not in ("closed", "counted"):
        raise Conflict(_("A vote is counted once it is closed."))
    if "lot" in vote["rule"]["tie"] and not (seed or "").strip():
        raise Invalid(
            errors={"seed": _("Write the lot that was drawn: %(from)s.",
                              **{"from": vote["ballot"].get("lot_source") or "?"})}
        )  # fmt: skip
    waiting = session.execute(
        select(PaperBatch.label).where(
            PaperBatch.vote_id == vote["id"], PaperBatch.state == "open"
        )
    ).scalar()  # fmt: skip
    if waiting is not None:
        raise Conflict(_("The paper ballots of “%(label)s” are not decided yet.", label=waiting))
    last = session.execute(
        select(func.max(Count.number)).where(Count.vote_id == vote["id"])
    ).scalar()
    if last and not (reason or "").strip():
        raise Invalid(errors={"reason": _("Say why it is counted again.")})
    public_id = new_public_id()
    session.execute(
        insert(Count).values(
            public_id=public_id, vote_id=vote["id"], number=(last or 0) + 1, state="waiting",
            seed=(seed or "").strip() or None, reason=reason, asked_at=utcnow(),
        )
    )  # fmt: skip
    content = {"count": public_id, "seed": seed, "reason": reason}
    append(session, STREAM, vote["public_id"], "count_asked", actor.key, content)
    enqueue(session, COUNT, {"count": public_id}, key=f"{COUNT}:{public_id}")
    return public_id


def run_count(session: Session, count_id: str) -> None:
    """Count every pot exactly, write its package, and look at what people should look at."""
    row = session.execute(
        select(Count.id, Count.seed, Vote.public_id)
        .join(Vote, Vote.id == Count.vote_id)
        .where(Count.public_id == count_id, Count.state == "waiting")
    ).first()
    if row is None:
        return
    vote = vote_by_id(session, row.public_id)
    manifest = vote["manifest"]
    ballots = ballots_of(session, vote["id"])
    withdrawn = tuple(
        tally.project_id(option)
        for option in option_rows(session, vote["id"])
        if option["withdrawn_at"] and vote["ballot"]["withdrawn"] == "strike"
    )
    taken_part = turnout(session, vote["id"])
    pots, fingerprints = [], []
    for pot in manifest["pots"]:
        found = _count_pot(vote, pot, ballots, row.seed or "", withdrawn)
        key = f"votes/{count_id}/{pot['code']}.zip"
        storage().put(key, archive(found.pop("files")))
        pots.append({**found, "package": key})
        fingerprints.append(found["fingerprint"])
    result = {
        "pots": pots,
        "turnout": taken_part,
        "quorum": manifest.get("quorum") or 0,
        "valid": taken_part["voters"] >= (manifest.get("quorum") or 0),
        "struck": [list(pair) for pair in struck_of(session, vote["id"])],
        "counted_at": rfc3339(utcnow()),
    }
    signals = _signals(session, vote, ballots)
    session.execute(
        update(Count)
        .where(Count.id == row.id)
        .values(
            state="done", result=result, signals=signals, package_hash=fingerprints[0],
            package=f"votes/{count_id}", done_at=utcnow(),
        )
    )  # fmt: skip
    append(
        session, STREAM, vote["public_id"], "counted", "system",
        {"count": count_id, "fingerprints": fingerprints},
    )  # fmt: skip


def _signals(
    session: Session, vote: Mapping[str, Any], ballots: list[tally.Cast]
) -> dict[str, Any]:
    """What people should look at before a count is published."""
    return {
        "clusters": tally.clusters(vote["ballot"]["kind"], ballots),
        "bursts": [
            {**found, "hour": rfc3339(found["hour"])}
            for found in tally.bursts(hours_of(session, vote["id"]))
        ],
        "codes": [
            {"label": b["label"], "number": b["number"], "used": b["used"]}
            for b in code_batches(session, vote["id"])
        ],
    }


def _count_pot(
    vote: Mapping[str, Any], pot: Mapping[str, Any], ballots: list[tally.Cast], seed: str,
    withdrawn: tuple[str, ...],
) -> dict[str, Any]:  # fmt: skip
    manifest = vote["manifest"]
    frozen = manifest["terms"][pot["code"]]
    numbers = frozenset(o["number"] for o in manifest["options"] if o["pot"] == pot["code"])
    cast = tally.published(
        vote["ballot"]["kind"], ballots, numbers, all_in=len(manifest["pots"]) == 1, spoken=spoken
    )
    about = {
        "description": f"Vote {vote['public_id']}, {pot['code']}",
        "instance": manifest["edition"],
        "unit": pot["code"],
        "currency": manifest["currency"],
    }
    gone = tuple(name for name in withdrawn if int(name) in numbers)
    written = package_files(Publication(frozen, cast, about, _release(), seed, gone))
    entries = [
        {"choices": list(b.choices), "points": [str(p) for p in b.points]} if b.points
        else {"choices": list(b.choices)}
        for b in cast
    ]  # fmt: skip
    election = election_from(frozen, entries, gone)
    rule = rule_from(frozen["rule"], seed)
    outcome = written.outcome
    document = outcome.as_dict()
    for project, verdict in outcome.projects.items():
        document["projects"][project]["code"] = verdict.code
        document["projects"][project]["facts"] = {
            name: _plain(value) for name, value in verdict.facts.items()
        }
    document["rounds"] = len(document["rounds"])
    return {
        "code": pot["code"],
        "name": pot.get("name") or {},
        "budget": pot["budget"],
        "voters": election.voters,
        "fingerprint": written.fingerprint,
        "files": written.files,
        "outcome": document,
        "summary": tally.summary(election, outcome),
        "other_rules": tally.compare(election, rule),
        "sensitivity": tally.sensitivity(election, rule, outcome, written.fingerprint),
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else float(value)


def _release() -> str:
    try:
        return version("vox-urbis")
    except PackageNotFoundError:
        return "0.0.0"


def publish_count(session: Session, actor: Actor, count_id: str) -> None:
    """Publish a count: winners are told from the others, and objections can be made."""
    authorise(actor, "vote.count")
    row = session.execute(
        select(Count.id, Count.number, Count.state, Count.result, Count.published_at, Vote.id,
               Vote.public_id, Vote.ballot)
        .join(Vote, Vote.id == Count.vote_id)
        .where(Count.public_id == count_id)
        .with_for_update(of=Count)
    ).first()  # fmt: skip
    if row is None:
        raise NotFound()
    if row.state != "done" or row.published_at is not None:
        raise Conflict(_("This count is not ready, or is published already."))
    now, vote_key = utcnow(), row[5]
    session.execute(update(Count).where(Count.id == row[0]).values(published_at=now))
    changes: dict[str, Any] = {"state": "counted", "updated_at": now}
    if row.number == 1:
        changes["objections_until"] = now + timedelta(
            days=row.ballot.get("objection_days") or OBJECTION_DAYS
        )
    session.execute(update(Vote).where(Vote.id == vote_key).values(**changes))
    won = {
        int(number)
        for pot in row.result["pots"]
        for number in [*pot["outcome"]["selected"], *_partly(pot)]
    }
    ideas = session.execute(
        select(VoteOption.number, VoteOption.idea_id, VoteOption.withdrawn_at)
        .where(VoteOption.vote_id == vote_key)
    ).all()  # fmt: skip
    for state, chosen in (
        ("winner", [o.idea_id for o in ideas if o.number in won]),
        ("not_selected",
         [o.idea_id for o in ideas if o.number not in won and not o.withdrawn_at]),
    ):  # fmt: skip
        session.execute(update(Idea).where(Idea.id.in_(chosen)).values(state=state, updated_at=now))
    append(
        session, STREAM, row.public_id, "count_published", actor.key, {"count": count_id}
    )  # fmt: skip


def _partly(pot: Mapping[str, Any]) -> list[str]:
    partly = pot["outcome"]["partly"]
    return [partly["id"]] if partly else []


def object_to(session: Session, actor: Actor, vote_id: str, text: str) -> str:
    """Object to a published count, within the time for it."""
    authorise(actor, "vote.object")
    vote = vote_by_id(session, vote_id)
    now = utcnow()
    if vote["state"] != "counted" or vote["objections_until"] is None:
        raise Conflict(_("There is no published count yet."))
    if vote["objections_until"] <= now:
        raise Gone(_("The time for objections is over."))
    mine = session.execute(
        select(func.count()).select_from(Objection).where(
            Objection.vote_id == vote["id"], Objection.account_id == actor.account_id,
            Objection.state == "open",
        )
    ).scalar_one()  # fmt: skip
    if mine:
        raise Conflict(_("Your objection is being looked at already."))
    public_id = new_public_id()
    session.execute(
        insert(Objection).values(
            public_id=public_id, vote_id=vote["id"], account_id=actor.account_id, text=text,
            state="open", answer_due=now + timedelta(days=ANSWER_DAYS), made_at=now,
        )
    )  # fmt: skip
    append(session, STREAM, vote["public_id"], "objection", "citizen", {"objection": public_id})
    return public_id


def answer_objection(
    session: Session, actor: Actor, objection_id: str, *, upheld: bool, answer: str
) -> None:
    """Decide about an objection; everybody reads the answer."""
    authorise(actor, "vote.answer_objection")
    done = session.execute(
        update(Objection)
        .where(Objection.public_id == objection_id, Objection.state == "open")
        .values(
            state="upheld" if upheld else "rejected", answer=answer, answered_at=utcnow()
        )
        .returning(Objection.vote_id)
    ).first()  # fmt: skip
    if done is None:
        raise NotFound()
    vote_id = session.execute(select(Vote.public_id).where(Vote.id == done.vote_id)).scalar_one()
    content = {"objection": objection_id, "upheld": upheld}
    append(session, STREAM, vote_id, "objection_answered", actor.key, content)

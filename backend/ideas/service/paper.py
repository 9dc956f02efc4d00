"""Paper ballots: handed out against the mark, keyed twice by two people, accepted by the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id, new_secret
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.ideas.ballot_form import BallotForm, canonical_choices, fault_in
from backend.ideas.models.ballot import Ballot, Mark, PaperBatch, PaperSheet, Vote
from backend.ideas.queries.votes import STREAM, options_of, pots_of, vote_by_id
from backend.ideas.secrecy import mark_of, new_salt, open_handle
from backend.ideas.service.casting import Voter, strike, take_open

MOST_SHEETS = 2000
BLANK = "blank"
STATES_TO_KEY = ("open", "suspended", "closed")


def hand_out(session: Session, actor: Actor, vote_id: str, voter: Voter) -> str:
    """Give somebody a paper ballot: it takes the place of what they cast online.

    Their mark says paper from now on, so that they cannot vote online as well.
    """
    authorise(actor, "vote.assist")
    vote = take_open(session, vote_id)
    rules = vote_by_id(session, vote_id)["voters"] or {}
    if not rules.get("paper"):
        raise Forbidden(_("There are no paper ballots in this vote."))
    mark = mark_of(vote.mark_key, voter.key)
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    values = {"mark": mark, "vote_id": vote.id, "way": "paper", "hour": hour, "handle": None}
    if insert_ignore(session, Mark, values, ("mark",)):
        return "handed_out"
    held = session.execute(
        select(Mark.way, Mark.handle).where(Mark.mark == mark).with_for_update()
    ).one()
    if held.way == "paper":
        raise Conflict(_("This person was given a paper ballot already."))
    if held.handle:
        tracker = open_handle(vote.link_key, voter.key, held.handle)
        strike(session, vote.id, vote.manifest_hash, tracker, "paper")
    session.execute(update(Mark).where(Mark.mark == mark).values(way="paper", handle=None))
    return "replaced_online"


def open_batch(session: Session, actor: Actor, vote_id: str, label: str, sheets: int) -> str:
    """Begin a batch: the box it comes from and how many sheets were counted in it."""
    authorise(actor, "vote.paper")
    vote = vote_by_id(session, vote_id)
    if not (vote["voters"] or {}).get("paper"):
        raise Forbidden(_("There are no paper ballots in this vote."))
    if vote["state"] not in STATES_TO_KEY:
        raise Conflict(_("Paper ballots are keyed before the count."))
    if not label.strip():
        raise Invalid(errors={"label": _("Name the box.")})
    if not 1 <= sheets <= MOST_SHEETS:
        raise Invalid(errors={"sheets": _("Between 1 and %(n)s sheets.", n=MOST_SHEETS)})
    public_id = new_public_id()
    session.execute(
        insert(PaperBatch).values(
            public_id=public_id, vote_id=vote["id"], label=label[:120], sheets=sheets,
            state="open", blank=0, created_at=utcnow(),
        )
    )  # fmt: skip
    content = {"batch": public_id, "label": label[:120], "sheets": sheets}
    append(session, STREAM, vote["public_id"], "paper_batch_opened", actor.key, content)
    return public_id


def _batch(session: Session, batch_id: str) -> dict[str, Any]:
    row = session.execute(
        select(
            PaperBatch.__table__, Vote.public_id.label("vote"), Vote.ballot, Vote.pots, Vote.state
        )
        .join(Vote, Vote.id == PaperBatch.vote_id)
        .where(PaperBatch.public_id == batch_id)
        .with_for_update(of=PaperBatch.__table__)
    )
    found = row.mappings().first()
    if found is None:
        raise NotFound()
    values = dict(found)
    values["vote_state"] = values.pop("state_1", None)
    return values


def key_sheet(  # noqa: PLR0917 - where a sheet lies, and what it says
    session: Session, actor: Actor, batch_id: str, pass_number: int, sheet: int,
    chosen: Sequence[Any] | None,
) -> str | None:  # fmt: skip
    """Key one sheet in the first or second pass, by two different people; None stands for blank.

    What is wrong with the sheet is told, and it is kept as blank: an invalid ballot does not count.
    """
    authorise(actor, "vote.paper")
    batch = _batch(session, batch_id)
    if batch["state"] != "open":
        raise Conflict(_("This batch is decided already."))
    if pass_number not in (1, 2):
        raise NotFound()
    if not 1 <= sheet <= batch["sheets"]:
        raise Invalid(errors={"sheet": _("This batch has %(n)s sheets.", n=batch["sheets"])})
    _own_pass(session, actor, batch, pass_number)
    form = BallotForm.read(batch["ballot"])
    fault, written = None, BLANK
    if chosen:
        choices = canonical_choices(form.kind, chosen)
        options = [_standing(o) for o in options_of(session, batch["vote_id"])]
        fault = fault_in(form, pots_of(batch["pots"]), options, choices)
        written = BLANK if fault else orjson.dumps(choices).decode()
    where = (
        PaperSheet.batch_id == batch["id"],
        PaperSheet.pass_number == pass_number,
        PaperSheet.sheet == sheet,
    )
    session.execute(delete(PaperSheet).where(*where))
    session.execute(
        insert(PaperSheet).values(
            batch_id=batch["id"], pass_number=pass_number, sheet=sheet, choices=written
        )
    )
    return fault


def _standing(option: Any) -> Any:
    """A sheet may have been filled in before an idea was withdrawn; the count's rule decides."""
    return replace(option, withdrawn=False)


def _own_pass(
    session: Session, actor: Actor, batch: Mapping[str, Any], pass_number: int
) -> None:  # fmt: skip
    mine, other = ("first_by", "second_by") if pass_number == 1 else ("second_by", "first_by")
    if batch[other] == actor.account_id:
        raise Forbidden(_("You keyed the other pass. The second one needs other eyes."))
    if batch[mine] is None:
        session.execute(
            update(PaperBatch).where(PaperBatch.id == batch["id"])
            .values({mine: actor.account_id})
        )  # fmt: skip
    elif batch[mine] != actor.account_id:
        raise Forbidden(_("Somebody else is keying this pass."))


def reconcile(session: Session, batch_id: str) -> dict[str, Any]:
    """What still stands between a batch and its acceptance: missing sheets and differences."""
    batch = _batch(session, batch_id)
    rows = session.execute(
        select(PaperSheet.pass_number, PaperSheet.sheet, PaperSheet.choices)
        .where(PaperSheet.batch_id == batch["id"])
        .limit(2 * MOST_SHEETS)
    )
    keyed: dict[int, dict[int, str]] = {1: {}, 2: {}}
    for row in rows:
        keyed[row.pass_number][row.sheet] = row.choices
    every = range(1, batch["sheets"] + 1)
    return {
        "batch": batch,
        "missing": {n: [s for s in every if s not in keyed[n]] for n in (1, 2)},
        "different": [
            s for s in every if s in keyed[1] and s in keyed[2] and keyed[1][s] != keyed[2][s]
        ],
        "keyed": keyed,
    }


def accept_batch(session: Session, actor: Actor, batch_id: str) -> int:
    """Put a batch's ballots into the box, once both passes agree on every sheet."""
    authorise(actor, "vote.paper")
    found = reconcile(session, batch_id)
    batch = found["batch"]
    if batch["state"] != "open":
        raise Conflict(_("This batch is decided already."))
    if any(found["missing"].values()) or found["different"]:
        raise Conflict(_("Both passes have to hold every sheet, and agree on each."))
    choices = list(found["keyed"][1].values())
    cast = [c for c in choices if c != BLANK]
    room = papers_out(session, batch["vote_id"]) - papers_in(session, batch["vote_id"])
    if len(choices) > room:
        raise Conflict(_("More sheets than paper ballots were handed out: %(n)s are open.", n=room))
    if cast:
        session.execute(
            insert(Ballot),
            sorted(
                (
                    {"tracker": new_secret(), "vote_id": batch["vote_id"], "choices": c,
                     "salt": new_salt()}
                    for c in cast
                ),
                key=lambda row: row["tracker"],
            ),
        )  # fmt: skip
    session.execute(delete(PaperSheet).where(PaperSheet.batch_id == batch["id"]))
    session.execute(
        update(PaperBatch)
        .where(PaperBatch.id == batch["id"])
        .values(state="accepted", blank=len(choices) - len(cast), decided_at=utcnow())
    )
    content = {"batch": batch_id, "ballots": len(cast), "blank": len(choices) - len(cast)}
    append(session, STREAM, batch["vote"], "paper_batch_accepted", actor.key, content)
    return len(cast)


def papers_out(session: Session, vote_key: int) -> int:
    """How many paper ballots were handed out."""
    return int(
        session.execute(
            select(func.count()).select_from(Mark)
            .where(Mark.vote_id == vote_key, Mark.way == "paper")
        ).scalar_one()
    )  # fmt: skip


def papers_in(session: Session, vote_key: int) -> int:
    """How many sheets came back in accepted batches."""
    return int(
        session.execute(
            select(func.coalesce(func.sum(PaperBatch.sheets), 0)).where(
                PaperBatch.vote_id == vote_key, PaperBatch.state == "accepted"
            )
        ).scalar_one()
    )


def batches_of(session: Session, vote_key: int) -> list[dict[str, Any]]:
    """The batches of a vote, the latest first."""
    rows = session.execute(
        select(PaperBatch.__table__)
        .where(PaperBatch.vote_id == vote_key)
        .order_by(PaperBatch.id.desc())
        .limit(500)
    )
    return [dict(row) for row in rows.mappings()]

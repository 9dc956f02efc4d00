"""The competition as open data: ideas, results of published counts, what winners deliver."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.queries import district_by_id
from backend.core.datasets import Column, Dataset
from backend.core.i18n import lazy
from backend.ideas.models import Edition, Idea
from backend.ideas.models.ballot import Vote
from backend.ideas.queries.after import deliveries_of, open_agreements
from backend.ideas.queries.counts import published_count
from backend.ideas.queries.votes import option_rows

AT_ONCE = 500
_IDEA = (
    Idea.id, Idea.public_id, Edition.public_id.label("edition"), Edition.year, Idea.number,
    Idea.state, Idea.title, Idea.language, Idea.estimate, Idea.cost, Edition.currency,
    Idea.endorsements, Idea.comments, Idea.domain, Idea.component, Idea.district_id,
    Idea.proposed_at, Idea.endorsed_at,
)  # fmt: skip
_OPEN = (Edition.rehearsal.is_(False), Edition.state != "draft")


def idea_rows(session: Session) -> Iterator[dict[str, Any]]:
    """The ideas that everybody can read, oldest first; nothing of who wrote or endorsed them."""
    last = 0
    while True:
        rows = session.execute(
            select(*_IDEA)
            .join(Edition, Edition.id == Idea.edition_id)
            .where(
                Idea.id > last, Idea.state != "draft", Idea.hidden_reason.is_(None),
                Idea.number.is_not(None), *_OPEN,
            )
            .order_by(Idea.id)
            .limit(AT_ONCE)
        ).mappings().all()  # fmt: skip
        for row in rows:
            district = district_by_id(session, row["district_id"]) if row["district_id"] else None
            yield {**row, "id": row["public_id"], "district": district.code if district else None}
        if len(rows) < AT_ONCE:
            return
        last = rows[-1]["id"]


def result_rows(session: Session) -> Iterator[dict[str, Any]]:
    """Every idea on the ballot of a vote whose count is published, with what it got."""
    last = 0
    while True:
        votes = session.execute(
            select(Vote.id, Vote.public_id, Vote.ballot, Edition.public_id, Edition.year,
                   Edition.currency)
            .join(Edition, Edition.id == Vote.edition_id)
            .where(Vote.id > last, *_OPEN)
            .order_by(Vote.id)
            .limit(50)
        ).all()  # fmt: skip
        for key, public_id, ballot, edition, year, currency in votes:
            count = published_count(session, key)
            if count is None or not count["result"]:
                continue
            named = {str(option["number"]): option for option in option_rows(session, key)}
            told = {
                "vote": public_id, "edition": edition, "year": year, "currency": currency,
                "count": count["public_id"], "count_number": count["number"],
                "published_at": count["published_at"],
            }  # fmt: skip
            points = bool(ballot) and ballot["kind"] in ("points", "ranked")
            for pot in count["result"]["pots"]:
                yield from _pot_rows(pot, named, told, points=points)
        if len(votes) < 50:
            return
        last = votes[-1][0]


def _pot_rows(
    pot: dict[str, Any], named: dict[str, Any], told: dict[str, Any], *, points: bool
) -> Iterator[dict[str, Any]]:
    for number, found in pot["outcome"]["projects"].items():
        option = named.get(number, {})
        yield {
            **told, "pot": pot["code"], "number": int(number), "idea": option.get("idea"),
            "title": option.get("title"), "cost": found["cost"], "outcome": found["outcome"],
            "votes": found["votes"], "points": found["points"] if points else None,
            "voters": pot["voters"], "budget": pot["budget"], "fingerprint": pot["fingerprint"],
        }  # fmt: skip


def delivery_rows(session: Session) -> Iterator[dict[str, Any]]:
    """The deliveries of the winners' open agreements; the records are one address further."""
    for agreement in open_agreements(session):
        for delivery in deliveries_of(session, agreement["id"]):
            yield {
                **delivery, "id": delivery["public_id"], "agreement": agreement["public_id"],
                "idea": agreement["idea"], "title": agreement["title"],
                "description": agreement["description"], "licence": agreement["licence"],
                "schedule": agreement["schedule"],
                "address": f"/api/v1/winners/deliveries/{delivery['public_id']}",
            }  # fmt: skip


_EDITION = Column("edition", "string", lazy("The edition of the competition."))
_YEAR = Column("year", "integer", lazy("The year of the edition."))
_CURRENCY = Column("currency", "string", lazy("The currency of the amounts."))

IDEAS = Dataset(
    code="ideas",
    title=lazy("Ideas"),
    description=lazy(
        "Every idea proposed in the competition with its state, cost and number of endorsements; "
        "nothing of who wrote, endorsed or discussed it."
    ),
    columns=(
        Column("id", "string", lazy("The idea's code; its page is /ideas/ID.")),
        _EDITION,
        _YEAR,
        Column("number", "integer", lazy("Its number within the edition.")),
        Column("state", "string", lazy("Where the idea stands.")),
        Column("title", "string", lazy("What it is called.")),
        Column("language", "string", lazy("The language in which it is written.")),
        Column("estimate", "integer", lazy("What its author thinks it costs.")),
        Column("cost", "integer", lazy("What the city found that it costs.")),
        _CURRENCY,
        Column("endorsements", "integer", lazy("How many residents endorsed it.")),
        Column("comments", "integer", lazy("How many comments it has.")),
        Column("domain", "string", lazy("One of the six domains.")),
        Column("component", "string", lazy("The component of the domain.")),
        Column("district", "string", lazy("Code of the district.")),
        Column("proposed_at", "date-time", lazy("When it was proposed, UTC.")),
        Column("endorsed_at", "date-time", lazy("When it had enough endorsements, UTC.")),
    ),
    rows=idea_rows,
    theme="GOVE",
    keywords=("participatory budgeting", "ideas"),
)
RESULTS = Dataset(
    code="results",
    title=lazy("Results of the votes"),
    description=lazy(
        "What each idea on the ballot got in the published count that holds. The ballots to count "
        "again are in the package of the count, whose fingerprint stands in every row."
    ),
    columns=(
        Column("vote", "string", lazy("The vote; its page is /votes/ID.")),
        _EDITION,
        _YEAR,
        Column("count", "string", lazy("The count.")),
        Column("count_number", "integer", lazy("1 for the first count, more after recounts.")),
        Column("published_at", "date-time", lazy("When the count was published, UTC.")),
        Column("pot", "string", lazy("The pot of money.")),
        Column("budget", "integer", lazy("The money in the pot.")),
        Column("voters", "integer", lazy("How many ballots were counted for the pot.")),
        Column("number", "integer", lazy("The idea's number on the ballot.")),
        Column("idea", "string", lazy("The idea; its page is /ideas/ID.")),
        Column("title", "string", lazy("What it is called.")),
        Column("cost", "integer", lazy("What it costs.")),
        _CURRENCY,
        Column("outcome", "string", lazy("won, partly or lost")),
        Column("votes", "integer", lazy("How many chose it.")),
        Column("points", "number", lazy("Points it got, where the ballot gives points.")),
        Column("fingerprint", "string", lazy("SHA-256 of the package that can be counted again.")),
    ),
    rows=result_rows,
    theme="GOVE",
    keywords=("participatory budgeting", "election results"),
    every="IRREG",
)
DELIVERIES = Dataset(
    code="deliveries",
    title=lazy("Data from winning ideas"),
    description=lazy(
        "What the services of winning ideas send back under their data agreements, delivery by "
        "delivery; each row names the licence and the address of its records."
    ),
    columns=(
        Column("id", "string", lazy("The delivery.")),
        Column("agreement", "string", lazy("The agreement under which it came.")),
        Column("idea", "string", lazy("The winning idea; its page is /winners/ID.")),
        Column("title", "string", lazy("What the agreement calls the data.")),
        Column("description", "string", lazy("What the data hold.")),
        Column("licence", "string", lazy("Under which licence the records may be used.")),
        Column("schedule", "string", lazy("daily, weekly, monthly or quarterly")),
        Column("period", "string", lazy("The period that the records tell of.")),
        Column("version", "integer", lazy("A later version replaces the earlier one.")),
        Column("records", "integer", lazy("How many records it holds.")),
        Column("digest", "string", lazy("SHA-256 of the records.")),
        Column("received_at", "date-time", lazy("When it came in, UTC.")),
        Column("address", "string", lazy("Where the records are, as JSON.")),
    ),
    rows=delivery_rows,
    theme="GOVE",
    keywords=("data agreements",),
)
DATASETS = (IDEAS, RESULTS, DELIVERIES)

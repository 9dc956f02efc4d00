"""Reading what became of winners: steps and money, benefit reports, deliveries and figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.ids import normalise_id
from backend.core.problems import NotFound
from backend.core.storage import storage
from backend.ideas.models import Edition, Idea
from backend.ideas.models.after import (
    BenefitReport,
    BenefitVoice,
    DataAgreement,
    DataDelivery,
    Milestone,
)


def read_winner(session: Session, idea_id: str) -> dict[str, Any]:
    """A winner with its steps, its money, its benefit reports and its data."""
    idea = session.execute(
        select(
            Idea.id, Idea.public_id, Idea.title, Idea.summary, Idea.benefit, Idea.cost, Idea.state,
            Idea.language, Edition.currency, Edition.year,
        )
        .join(Edition, Edition.id == Idea.edition_id)
        .where(Idea.public_id == normalise_id(idea_id[:64]), Idea.state == "winner")
    ).mappings().first()  # fmt: skip
    if idea is None:
        raise NotFound()
    steps = session.execute(
        select(Milestone.__table__)
        .where(Milestone.idea_id == idea["id"])
        .order_by(Milestone.due_on, Milestone.id)
        .limit(100)
    ).mappings()
    milestones = [dict(step) for step in steps]
    return {
        **idea,
        "milestones": milestones,
        "planned": sum(step["budget"] for step in milestones),
        "spent": sum(step["spent"] for step in milestones),
        "benefits": _benefits(session, idea["id"]),
        "agreements": agreements_of(session, idea["id"]),
    }


def _benefits(session: Session, idea_key: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            BenefitReport.id, BenefitReport.public_id, BenefitReport.helped, BenefitReport.number,
            BenefitReport.text, BenefitReport.proof, BenefitReport.published_at,
        )
        .where(BenefitReport.idea_id == idea_key)
        .order_by(BenefitReport.id.desc())
        .limit(50)
    ).mappings()  # fmt: skip
    found = [dict(row) for row in rows]
    for report in found:
        voices = dict(
            session.execute(
                select(BenefitVoice.confirms, func.count())
                .where(BenefitVoice.benefit_id == report["id"])
                .group_by(BenefitVoice.confirms)
            ).all()
        )
        report |= {"confirmed": voices.get(True, 0), "contested": voices.get(False, 0)}
        report["contestations"] = list(
            session.execute(
                select(BenefitVoice.text)
                .where(BenefitVoice.benefit_id == report["id"], BenefitVoice.confirms.is_(False))
                .order_by(BenefitVoice.id.desc())
                .limit(20)
            ).scalars()
        )
    return found


def agreements_of(session: Session, idea_key: int) -> list[dict[str, Any]]:
    """The agreements of a winner with their latest deliveries; never the key."""
    rows = session.execute(
        select(
            DataAgreement.id, DataAgreement.public_id, DataAgreement.title,
            DataAgreement.description, DataAgreement.schema, DataAgreement.licence,
            DataAgreement.privacy, DataAgreement.schedule, DataAgreement.chart,
        )
        .where(DataAgreement.idea_id == idea_key)
        .order_by(DataAgreement.id)
        .limit(20)
    ).mappings()  # fmt: skip
    found = [dict(row) for row in rows]
    for agreement in found:
        agreement["deliveries"] = deliveries_of(session, agreement["id"])
    return found


def deliveries_of(session: Session, agreement_key: int) -> list[dict[str, Any]]:
    """The deliveries of an agreement, the latest first."""
    rows = session.execute(
        select(
            DataDelivery.public_id, DataDelivery.period, DataDelivery.version,
            DataDelivery.records, DataDelivery.digest, DataDelivery.received_at,
        )
        .where(DataDelivery.agreement_id == agreement_key)
        .order_by(DataDelivery.period.desc(), DataDelivery.version.desc())
        .limit(200)
    ).mappings()  # fmt: skip
    return [dict(row) for row in rows]


def open_agreements(session: Session) -> list[dict[str, Any]]:
    """Every agreement whose data anybody may have, for the catalogue of open data."""
    rows = session.execute(
        select(
            DataAgreement.id, DataAgreement.public_id, DataAgreement.title,
            DataAgreement.description, DataAgreement.licence, DataAgreement.schedule,
            Idea.public_id.label("idea"),
        )
        .join(Idea, Idea.id == DataAgreement.idea_id)
        .where(DataAgreement.privacy.in_(("open", "aggregated")))
        .order_by(DataAgreement.id)
        .limit(500)
    ).mappings()  # fmt: skip
    return [dict(row) for row in rows]


def read_delivery(session: Session, delivery_id: str, *, at_desk: bool = False) -> bytes:
    """The records of a delivery; what is internal stays at the desk."""
    row = session.execute(
        select(DataDelivery.file, DataAgreement.privacy)
        .join(DataAgreement, DataAgreement.id == DataDelivery.agreement_id)
        .where(DataDelivery.public_id == normalise_id(delivery_id[:64]))
    ).first()
    if row is None or (row.privacy == "internal" and not at_desk):
        raise NotFound()
    data = storage().get(row.file)
    if data is None:
        raise NotFound()
    return data


def figures_of(session: Session, agreement: Mapping[str, Any]) -> dict[str, Any] | None:
    """The latest delivery in the shape of the agreement's chart: mean value by series and x."""
    chart, deliveries = agreement["chart"], agreement["deliveries"]
    if not chart or not deliveries or agreement["privacy"] == "internal":
        return None
    records = orjson.loads(read_delivery(session, deliveries[0]["public_id"]))
    return {"period": deliveries[0]["period"], **means(records, chart)}


def means(records: Sequence[Mapping[str, Any]], chart: Mapping[str, str]) -> dict[str, Any]:
    """Mean of value (or of value ÷ total) for each series at each x, with the peak of each."""
    sums: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    total = chart.get("total")
    for record in records:
        cell = sums[str(record[chart["series"]]), int(record[chart["x"]])]
        cell[0] += float(record[chart["value"]])
        cell[1] += float(record[total]) if total else 1.0
    names = sorted({name for name, _x in sums})
    xs = sorted({x for _name, x in sums})
    lines = {
        name: [
            sums[name, x][0] / sums[name, x][1] if sums.get((name, x), [0, 0])[1] else None
            for x in xs
        ]
        for name in names
    }
    return {"xs": xs, "lines": lines}


def winners_for_desk(session: Session) -> list[dict[str, Any]]:
    """Every winner with its money and how many of its steps are done, the latest first."""
    rows = session.execute(
        select(
            Idea.public_id, Idea.title, Edition.year, Edition.currency, Idea.cost,
            func.count(Milestone.id).label("steps"), func.count(Milestone.done_on).label("done"),
            func.coalesce(func.sum(Milestone.spent), 0).label("spent"),
        )
        .join(Edition, Edition.id == Idea.edition_id)
        .outerjoin(Milestone, Milestone.idea_id == Idea.id)
        .where(Idea.state == "winner")
        .group_by(Idea.id, Edition.id)
        .order_by(Edition.year.desc(), Idea.id.desc())
        .limit(200)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]

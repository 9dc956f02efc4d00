"""After the win: steps with money, what it brought, and the data that comes back to the city."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

import jsonschema
import orjson
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _, lazy
from backend.core.ids import hash_secret, new_public_id, new_secret, normalise_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from backend.core.storage import storage
from backend.ideas.models import Idea
from backend.ideas.models.after import (
    BenefitReport,
    BenefitVoice,
    DataAgreement,
    DataDelivery,
    DataUse,
    Milestone,
)
from backend.notifications import templates
from backend.notifications.service import Message, Recipient, notify

STREAM, TOPIC = "winner", "ideas.winners"
MOST_RECORDS, MOST_BYTES = 50_000, 8 * 1024 * 1024


def winner_key(session: Session, idea_id: str) -> tuple[int, str]:
    """A winner's key and title; other ideas have no after."""
    row = session.execute(
        select(Idea.id, Idea.title, Idea.state).where(Idea.public_id == normalise_id(idea_id[:64]))
    ).first()
    if row is None:
        raise NotFound()
    if row.state != "winner":
        raise Conflict(_("This idea did not win."))
    return row.id, row.title


def _tell(session: Session, idea_id: str, title: str, template: str, key: str) -> None:
    notify(
        session, topic=TOPIC, kind="idea", public_id=idea_id,
        to=[Recipient.followers_of("idea", idea_id)],
        message=Message(template, {"idea": title}, f"/winners/{idea_id}"),
        key=f"winner:{key}",
    )  # fmt: skip


def plan_milestone(
    session: Session, actor: Actor, idea_id: str, *, title: str, due_on: date, budget: int
) -> str:
    """Plan a step in carrying out a winner."""
    authorise(actor, "after.carry_out")
    key, name = winner_key(session, idea_id)
    public_id = new_public_id()
    session.execute(
        insert(Milestone).values(
            public_id=public_id, idea_id=key, title=title, due_on=due_on, budget=budget, spent=0,
            state="planned", updated_at=utcnow(),
        )
    )  # fmt: skip
    append(session, STREAM, idea_id, "milestone_planned", actor.key, {"milestone": public_id})
    _tell(session, idea_id, name, "winner.milestone", public_id)
    return public_id


def update_milestone(  # noqa: PLR0917 - what may change about a step
    session: Session, actor: Actor, milestone_id: str, state: str, spent: int, note: str | None,
) -> None:  # fmt: skip
    """Say how far a step is and what it has cost; followers hear of it."""
    authorise(actor, "after.carry_out")
    row = session.execute(
        select(Milestone.id, Idea.public_id, Idea.title)
        .join(Idea, Idea.id == Milestone.idea_id)
        .where(Milestone.public_id == normalise_id(milestone_id[:64]))
    ).first()
    if row is None:
        raise NotFound()
    now = utcnow()
    session.execute(
        update(Milestone)
        .where(Milestone.id == row.id)
        .values(
            state=state, spent=spent, note=note, updated_at=now,
            done_on=now.date() if state == "done" else None,
        )
    )  # fmt: skip
    content = {"milestone": milestone_id, "state": state, "spent": spent, "note": note}
    append(session, STREAM, row.public_id, "milestone_updated", actor.key, content)
    key = f"{milestone_id}:{now:%Y%m%d%H%M%S}"
    _tell(session, row.public_id, row.title, "winner.milestone", key)


def report_benefit(
    session: Session, actor: Actor, idea_id: str, *, helped: str, number: int | None, text: str,
    proof: str | None,
) -> str:  # fmt: skip
    """Publish what a winner brought; residents confirm or contest it."""
    authorise(actor, "after.carry_out")
    key, name = winner_key(session, idea_id)
    public_id = new_public_id()
    session.execute(
        insert(BenefitReport).values(
            public_id=public_id, idea_id=key, helped=helped, number=number, text=text, proof=proof,
            author_id=actor.account_id, published_at=utcnow(),
        )
    )  # fmt: skip
    append(session, STREAM, idea_id, "benefit_reported", actor.key, {"benefit": public_id})
    _tell(session, idea_id, name, "winner.benefit", public_id)
    return public_id


def say_on_benefit(
    session: Session, actor: Actor, benefit_id: str, *, confirms: bool, text: str | None
) -> None:
    """Confirm or contest a benefit report; once for each resident, the last word counts."""
    authorise(actor, "after.confirm")
    if actor.account_id is None:
        raise SignInNeeded()
    if actor.assurance != "resident_verified":
        raise Forbidden(_("Residents confirm or contest. Show that you live here first."))
    if not confirms and not (text or "").strip():
        raise Invalid(errors={"text": _("Say what is not so.")})
    key = session.execute(
        select(BenefitReport.id).where(BenefitReport.public_id == normalise_id(benefit_id[:64]))
    ).scalar()
    if key is None:
        raise NotFound()
    values = {"confirms": confirms, "text": text or None, "said_at": utcnow()}
    done = session.execute(
        update(BenefitVoice)
        .where(BenefitVoice.benefit_id == key, BenefitVoice.account_id == actor.account_id)
        .values(**values)
        .returning(BenefitVoice.id)
    ).first()
    if done is None:
        session.execute(
            insert(BenefitVoice).values(benefit_id=key, account_id=actor.account_id, **values)
        )


def agree_on_data(
    session: Session, actor: Actor, idea_id: str, agreement: Mapping[str, Any]
) -> tuple[str, str]:
    """Agree on what a winner's service delivers; its id and, once, the key for its machine."""
    authorise(actor, "after.agree")
    key, _name = winner_key(session, idea_id)
    try:
        jsonschema.Draft202012Validator.check_schema(agreement["schema"])
    except jsonschema.SchemaError as error:
        raise Invalid(errors={"schema": str(error.message)[:300]}) from error
    if len(orjson.dumps(agreement["schema"])) > 50_000 or "$ref" in str(agreement["schema"]):
        raise Invalid(errors={"schema": _("Write one short schema without references.")})
    public_id, secret = new_public_id(), new_secret()
    session.execute(
        insert(DataAgreement).values(
            **agreement, public_id=public_id, idea_id=key, key_hash=hash_secret(secret),
            created_at=utcnow(),
        )
    )  # fmt: skip
    content = {"agreement": public_id, "licence": agreement["licence"]}
    append(session, STREAM, idea_id, "data_agreed", actor.key, content)
    return public_id, secret


def deliver(
    session: Session, agreement_id: str, key: str, period: str, records: Any
) -> tuple[str, int]:
    """Take a delivery in: the key opens it, the schema checks it, a new version is kept."""
    row = session.execute(
        select(
            DataAgreement.id, DataAgreement.schema, DataAgreement.key_hash, Idea.public_id
        )
        .join(Idea, Idea.id == DataAgreement.idea_id)
        .where(
            DataAgreement.public_id == normalise_id(agreement_id[:64]),
            DataAgreement.ended_at.is_(None),
        )
        .with_for_update(of=DataAgreement)
    ).first()  # fmt: skip
    if row is None or not secrets.compare_digest(row.key_hash or "", hash_secret(key)):
        raise SignInNeeded(_("This key does not open this agreement."))
    check_records(row.schema, records)
    data = orjson.dumps(records)
    if len(data) > MOST_BYTES:
        raise Invalid(errors={"records": _("Send the delivery in smaller periods.")})
    digest = hashlib.sha256(data).hexdigest()
    last = session.execute(
        select(DataDelivery.public_id, DataDelivery.version, DataDelivery.digest)
        .where(DataDelivery.agreement_id == row.id, DataDelivery.period == period)
        .order_by(DataDelivery.version.desc())
        .limit(1)
    ).first()
    if last is not None and last.digest == digest:
        return last.public_id, last.version
    public_id, number = new_public_id(), (last.version if last else 0) + 1
    file = f"deliveries/{agreement_id}/{public_id}.json"
    storage().put(file, data)
    session.execute(
        insert(DataDelivery).values(
            public_id=public_id, agreement_id=row.id, period=period, version=number,
            records=len(records), digest=digest, file=file, received_at=utcnow(),
        )
    )  # fmt: skip
    content = {"delivery": public_id, "period": period, "version": number, "digest": digest}
    append(session, STREAM, row.public_id, "data_delivered", "partner", content)
    return public_id, number


def check_records(schema: Mapping[str, Any], records: Any) -> None:
    """Refuse records that do not fit the schema; the first faults are named by their line."""
    if not isinstance(records, list) or not 1 <= len(records) <= MOST_RECORDS:
        raise Invalid(errors={"records": _("Send a list of 1 to %(n)s records.", n=MOST_RECORDS)})
    validator = jsonschema.Draft202012Validator(schema)
    faults: dict[str, str] = {}
    for number, record in enumerate(records):
        for error in validator.iter_errors(record):
            path = ".".join(str(part) for part in error.absolute_path)
            faults[f"records.{number}.{path}".rstrip(".")] = str(error.message)[:200]
            break
        if len(faults) >= 20:
            break
    if faults:
        raise Invalid(errors=faults)


def note_use(session: Session, delivery_id: str, way: str, purpose: str | None) -> None:
    """Keep that a delivery was used, by day and way; not by whom."""
    key = session.execute(
        select(DataDelivery.id).where(DataDelivery.public_id == normalise_id(delivery_id[:64]))
    ).scalar()
    if key is None:
        raise NotFound()
    session.execute(
        insert(DataUse).values(
            delivery_id=key, day=utcnow().date(), way=way, purpose=(purpose or "")[:200] or None
        )
    )


def uses_of(session: Session, agreement_key: int) -> list[dict[str, Any]]:
    """How often deliveries of an agreement were used, by month and way."""
    rows = session.execute(
        select(DataUse.day, DataUse.way, DataUse.purpose, func.count().label("number"))
        .join(DataDelivery, DataDelivery.id == DataUse.delivery_id)
        .where(DataDelivery.agreement_id == agreement_key)
        .group_by(DataUse.day, DataUse.way, DataUse.purpose)
        .order_by(DataUse.day.desc())
        .limit(100)
    )
    return [dict(row) for row in rows.mappings()]


def introduce() -> None:
    """Register the words of our news."""
    templates.register_topic(TOPIC, label=lazy("What becomes of winners that I follow"))
    templates.register(
        "winner.milestone",
        subject=lazy("%(idea)s: it goes on"),
        text=lazy("There is a new step on “%(idea)s”. Read how far it is and what it costs."),
        push=lazy("There is news on a winner that you follow."),
    )
    templates.register(
        "winner.benefit",
        subject=lazy("%(idea)s: what it brought"),
        text=lazy("The city says what “%(idea)s” brought. Is it so? Confirm it or contest it."),
        push=lazy("There is news on a winner that you follow."),
    )

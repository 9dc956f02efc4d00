"""Founding competitions and running editions: create, copy, set up, publish, archive, annul."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.queries import facts
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.ideas.calendar import moved_by_years, usual_calendar
from backend.ideas.eligibility import Who
from backend.ideas.models import Competition, Edition, Phase, PhaseChange
from backend.ideas.service.record import Versions, chronicle, lock_edition, named, touch

SETTINGS = (
    "name", "summary", "budget", "currency", "largest_cost", "smallest_cost",
    "endorsements_needed", "answer_days", "appeal_days", "pots",
)  # fmt: skip
FROZEN = ("budget", "currency", "pots")
TURNS = {"running": ("draft",), "archived": ("running", "annulled"), "annulled": ("running",)}


def found_competition(
    session: Session, actor: Actor, slug: str, name: Mapping[str, str], text: Mapping[str, str]
) -> Competition:
    """Found a recurring competition."""
    authorise(actor, "competition.organise")
    taken = session.execute(select(Competition.id).where(Competition.slug == slug)).first()
    if taken:
        raise Conflict(_("There is a competition of this name already."))
    made = Competition(
        public_id=new_public_id(), slug=slug, name=dict(name), description=dict(text),
        created_at=utcnow(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def create_edition(
    session: Session,
    actor: Actor,
    competition: str,
    *,
    year: int,
    name: Mapping[str, str],
    first_day: date,
    rehearsal: bool = False,
) -> Edition:
    """Start a first edition with the usual calendar; it is a draft until it is published."""
    authorise(actor, "competition.organise")
    owner = session.execute(
        select(Competition).where(Competition.public_id == competition)
    ).scalar_one_or_none()
    if owner is None:
        raise NotFound()
    now = utcnow()
    edition = Edition(
        public_id=new_public_id(), version=1, competition_id=owner.id, year=year, name=dict(name),
        summary={}, state="draft", rehearsal=rehearsal, currency=_currency(session),
        answer_days=30, appeal_days=14, ideas_numbered=0, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(edition)
    session.flush()
    for position, span in enumerate(usual_calendar(first_day, facts(session).time_zone)):
        _add_phase(session, edition, (position, span.kind), (span.starts_at, span.ends_at), Who())
    chronicle(session, edition, "created", named(actor), {"year": year, "rehearsal": rehearsal})
    return edition


def copy_edition(
    session: Session,
    actor: Actor,
    source_id: str,
    *,
    year: int,
    rehearsal: bool = False,
) -> Edition:
    """A new edition as a copy of another: same settings, the calendar moved to the other year."""
    authorise(actor, "competition.organise")
    source = lock_edition(session, source_id)
    if not source.year - 1 < year <= source.year + 20:
        raise Invalid(errors={"year": _("Choose a year from %(n)s on.", n=source.year)})
    now, zone = utcnow(), facts(session).time_zone
    kept = {name: getattr(source, name) for name in (*SETTINGS, "ballot", "rule")}
    kept["name"] = {k: v.replace(str(source.year), str(year)) for k, v in source.name.items()}
    edition = Edition(
        public_id=new_public_id(), version=1, competition_id=source.competition_id, year=year,
        copied_from_id=source.id, state="draft", rehearsal=rehearsal, ideas_numbered=0,
        created_at=now, updated_at=now, **kept,
    )  # fmt: skip
    session.add(edition)
    session.flush()
    phases = session.execute(
        select(Phase).where(Phase.edition_id == source.id).order_by(Phase.position)
    ).scalars()
    for phase in phases.all():
        span = (
            moved_by_years(phase.starts_at, year - source.year, zone),
            moved_by_years(phase.ends_at, year - source.year, zone),
        )
        _add_phase(session, edition, (phase.position, phase.kind), span, Who.of(phase.who))
    chronicle(session, edition, "copied", named(actor), {"from": source.public_id, "year": year})
    return edition


def _add_phase(
    session: Session, edition: Edition, place: tuple[int, str], span: tuple[Any, Any], who: Who
) -> None:
    session.add(
        Phase(
            public_id=new_public_id(), version=1, edition_id=edition.id, kind=place[1],
            position=place[0], starts_at=span[0], ends_at=span[1], state="planned",
            who=who.document(),
        )
    )  # fmt: skip
    session.flush()


def _currency(session: Session) -> str:
    return str(facts(session).profile.get("currency") or "EUR")


def change_edition(
    session: Session,
    actor: Actor,
    public_id: str,
    changes: Mapping[str, Any],
    *,
    versions: Versions = None,
) -> Edition:
    """Change the settings of an edition; what voters rely on is fixed once the rules are frozen."""
    authorise(actor, "competition.organise")
    edition = lock_edition(session, public_id, versions)
    if edition.state in ("archived", "annulled"):
        raise Conflict(_("This edition is closed. Its record stays as it is."))
    wanted = {key: value for key, value in changes.items() if key in SETTINGS}
    late = [key for key in FROZEN if key in wanted and wanted[key] != getattr(edition, key)]
    if edition.rules_frozen_at is not None and late:
        raise Conflict(_("The rules were frozen when the vote opened; they cannot change now."))
    for key, value in wanted.items():
        setattr(edition, key, value)
    least, most = edition.smallest_cost, edition.largest_cost
    if least is not None and most is not None and least > most:
        raise Invalid(errors={"largest_cost": _("This is less than the smallest cost.")})
    touch(edition)
    chronicle(session, edition, "changed", named(actor), wanted)
    return edition


def turn_edition(
    session: Session,
    actor: Actor,
    public_id: str,
    state: str,
    *,
    reason: str | None = None,
    versions: Versions = None,
) -> Edition:
    """Publish, archive or annul an edition; the reason of an annulment is read by everybody."""
    authorise(actor, "competition.organise")
    edition = lock_edition(session, public_id, versions)
    if edition.state not in TURNS.get(state, ()):
        raise Conflict(_("An edition that is %(old)s cannot become %(new)s.", old=edition.state,
                         new=state))  # fmt: skip
    if state == "annulled" and len((reason or "").strip()) < 10:
        raise Invalid(errors={"reason": _("Write the reason; everybody will read it.")})
    if state == "archived":
        _all_over(session, edition)
    if state == "annulled":
        _annul_rest(session, actor, edition, reason)
    edition.state, edition.state_reason = state, reason
    touch(edition)
    chronicle(session, edition, state, named(actor), {"reason": reason})
    return edition


def _all_over(session: Session, edition: Edition) -> None:
    left = session.execute(
        select(Phase.kind).where(
            Phase.edition_id == edition.id, Phase.state.in_(("planned", "open", "suspended"))
        )
    ).first()
    if left and edition.state != "annulled":
        raise Conflict(_("Close or annul every phase first; %(phase)s is not.", phase=left[0]))


def _annul_rest(session: Session, actor: Actor, edition: Edition, reason: str | None) -> None:
    phases = session.execute(
        select(Phase).where(
            Phase.edition_id == edition.id, Phase.state.in_(("planned", "open", "suspended"))
        )
    ).scalars()
    for phase in phases.all():
        phase.state, phase.closed_at = "annulled", utcnow()
        phase.version += 1
        session.add(
            PhaseChange(
                edition_id=edition.id, phase_id=phase.id, action="annulled", reason=reason,
                at=utcnow(), by=named(actor),
            )
        )  # fmt: skip

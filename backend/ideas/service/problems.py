"""Problems: outline, start from reports, support, bring evidence, change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.city.queries import district_by_code, district_of
from backend.classification.queries import component_codes, domain_of
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid
from backend.ideas.events import ProblemOutlined
from backend.ideas.models import Edition, Evidence, Problem, ProblemReport, ProblemSupport, table_of
from backend.ideas.service.record import (
    Versions,
    authorise_edition,
    authorise_problem,
    chronicle,
    lock_edition,
    lock_problem,
    named,
    touch,
)
from backend.ideas.service.taking_part import admit
from backend.ideas.voice import mark_of
from backend.media import service as media

KIND = "problem"
OUTLINING = ("outline",)
SUPPORTING = ("outline", "propose", "endorse")
MOST_GROUPS, MOST_REPORTS, MOST_EVIDENCE = 8, 500, 100


@dataclass(frozen=True, slots=True)
class NewProblem:
    """What somebody says of a problem."""

    title: str
    text: str
    groups: Sequence[str] = ()
    language: str | None = None
    district: str | None = None
    place: tuple[float, float] | None = None
    component: str | None = None
    signature: str | None = None
    photos: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ReportMark:
    """A report that a problem is started from: its id, and its place if it has one."""

    report: str
    place: tuple[float, float] | None = None


def outline_problem(
    session: Session,
    actor: Actor,
    edition_id: str,
    new: NewProblem,
    *,
    old_enough: bool = False,
) -> Problem:
    """Outline a problem in an edition whose phase for it is open."""
    authorise(actor, "problem.outline")
    edition = lock_edition(session, edition_id)
    authorise_edition(actor, "edition.read", edition)
    admit(session, actor, edition.id, OUTLINING, old_enough=old_enough)
    return _store(session, actor, edition, new, "citizen")


def start_from_reports(
    session: Session,
    actor: Actor,
    edition_id: str,
    new: NewProblem,
    reports: Sequence[ReportMark],
) -> Problem:
    """Start a problem from a cluster of reports; they stay linked, with their number and places."""
    authorise(actor, "problem.start_from_reports")
    edition = lock_edition(session, edition_id)
    if edition.state not in ("draft", "running"):
        raise Conflict(_("This edition is closed. Its record stays as it is."))
    marks = {mark.report: mark for mark in reports}
    if not 1 <= len(marks) <= MOST_REPORTS:
        raise Invalid(errors={"reports": _("Choose between 1 and %(n)s reports.", n=MOST_REPORTS)})
    if new.place is None:
        places = [mark.place for mark in marks.values() if mark.place]
        new = _centred(new, places)
    problem = _store(session, actor, edition, new, "reports")
    link_reports(session, problem, list(marks.values()))
    return problem


def _centred(new: NewProblem, places: Sequence[tuple[float, float]]) -> NewProblem:
    from dataclasses import replace

    if not places:
        return new
    lon = sum(place[0] for place in places) / len(places)
    lat = sum(place[1] for place in places) / len(places)
    return replace(new, place=(lon, lat))


def link_reports(session: Session, problem: Problem, marks: Sequence[ReportMark]) -> int:
    """Link reports to a problem, each once; how many there are now."""
    for mark in marks:
        lon, lat = mark.place or (None, None)
        values = {"problem_id": problem.id, "report": mark.report, "lon": lon, "lat": lat}
        insert_ignore(session, ProblemReport, values, ("problem_id", "report"))
    problem.reports = session.execute(
        select(func.count()).where(ProblemReport.problem_id == problem.id)
    ).scalar_one()
    touch(problem)
    session.flush()
    return problem.reports


def _store(
    session: Session, actor: Actor, edition: Edition, new: NewProblem, origin: str
) -> Problem:
    now = utcnow()
    problem = Problem(
        public_id=new_public_id(), version=1, edition_id=edition.id, state="open",
        origin=origin if origin == "reports" or not actor.is_staff else "desk",
        author_id=actor.account_id, supports=0, evidence=0, reports=0, ideas=0,
        created_at=now, updated_at=now, **_content(session, new),
    )  # fmt: skip
    session.add(problem)
    session.flush()
    if new.photos:
        media.attach(session, tuple(new.photos), KIND, problem.public_id, public=True)
    chronicle(session, problem, "outlined", named(actor), {"title": new.title})
    publish(session, ProblemOutlined(problem.public_id))
    return problem


def _content(session: Session, new: NewProblem) -> dict[str, Any]:
    title, text = new.title.strip(), new.text.strip()
    errors = {}
    if len(title) < 5:
        errors["title"] = _("Give it a title of a few words.")
    if len(text) < 20:
        errors["text"] = _("Describe it in a sentence or two.")
    if new.component and new.component not in component_codes():
        errors["component"] = _("Choose one of the components of the taxonomy.")
    if errors:
        raise Invalid(errors=errors)
    groups = list(dict.fromkeys(" ".join(g.split())[:80] for g in new.groups if g.strip()))
    return {
        "title": title, "text": text, "groups": groups[:MOST_GROUPS], "language": new.language,
        "signature": new.signature, "component": new.component,
        "domain": domain_of(new.component) if new.component else None,
        **placed(session, new.place, new.district),
    }  # fmt: skip


def placed(
    session: Session, place: tuple[float, float] | None, district: str | None
) -> dict[str, Any]:
    """Where something is: at a point, whose district follows from it, or in a district."""
    if place is not None:
        found = district_of(session, *place)
        if found is None:
            raise Invalid(errors={"place": _("This place is outside the city.")})
        return {"lon": place[0], "lat": place[1], "district_id": found.id}
    if district:
        named_one = district_by_code(session, district)
        if named_one is None:
            raise Invalid(errors={"district": _("The city has no such district.")})
        return {"lon": None, "lat": None, "district_id": named_one.id}
    return {"lon": None, "lat": None, "district_id": None}


def change_problem(
    session: Session,
    actor: Actor,
    public_id: str,
    new: NewProblem,
    *,
    versions: Versions = None,
) -> Problem:
    """Change what a problem says: its author while problems are outlined, the desk at any time."""
    problem = lock_problem(session, public_id, versions)
    relation = authorise_problem(session, actor, "problem.change", problem)
    if relation == "own" and not actor.is_staff:
        admit(session, actor, problem.edition_id, OUTLINING, old_enough=True)
    for key, value in _content(session, new).items():
        setattr(problem, key, value)
    touch(problem)
    chronicle(session, problem, "changed", named(actor, "author"), {"title": problem.title})
    return problem


def support_problem(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    affected: bool = False,
    wanted: bool = True,
    device: str | None = None,
    old_enough: bool = False,
) -> Problem:
    """Support a problem once per person, perhaps as somebody whom it affects; or take it back."""
    problem = lock_problem(session, public_id)
    authorise_problem(session, actor, "problem.support", problem)
    admit(session, actor, problem.edition_id, SUPPORTING, old_enough=old_enough)
    who = mark_of(actor, device)
    session.execute(
        delete(ProblemSupport).where(
            ProblemSupport.problem_id == problem.id, ProblemSupport.who == who
        )
    )
    if wanted:
        session.execute(
            insert(table_of(ProblemSupport)),
            {
                "problem_id": problem.id, "who": who, "account_id": actor.account_id,
                "affected": affected, "created_at": utcnow(),
            },
        )  # fmt: skip
    problem.supports = session.execute(
        select(func.count()).where(ProblemSupport.problem_id == problem.id)
    ).scalar_one()
    touch(problem)
    session.flush()
    return problem


def bring_evidence(
    session: Session,
    actor: Actor,
    public_id: str,
    text: str,
    *,
    link: str | None = None,
    photos: Sequence[str] = (),
) -> str:
    """Bring a sentence, a link or photos that show that a problem is real; the evidence's id."""
    problem = lock_problem(session, public_id)
    authorise_problem(session, actor, "problem.bring_evidence", problem)
    admit(session, actor, problem.edition_id, SUPPORTING, old_enough=True)
    if len(text.strip()) < 10:
        raise Invalid(errors={"text": _("Say in a sentence what this shows.")})
    if link and not link.startswith(("https://", "http://")):
        raise Invalid(errors={"link": _("Give an address that begins with https://.")})
    if problem.evidence >= MOST_EVIDENCE:
        raise Conflict(_("There is much evidence here already. Support the problem instead."))
    evidence_id = new_public_id()
    session.execute(
        insert(table_of(Evidence)),
        {
            "public_id": evidence_id, "problem_id": problem.id, "author_id": actor.account_id,
            "text": text.strip(), "link": link, "created_at": utcnow(),
        },
    )  # fmt: skip
    if photos:
        media.attach(session, tuple(photos), "evidence", evidence_id, public=True)
    problem.evidence += 1
    touch(problem)
    chronicle(session, problem, "evidence", named(actor), {"evidence": evidence_id, "text": text})
    return evidence_id

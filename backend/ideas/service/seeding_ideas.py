"""An invented edition that runs: problems, ideas, talk and findings, for a city that says so."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.city.folding import fold
from backend.classification import service as classification
from backend.core.clock import utcnow
from backend.core.ids import new_public_id
from backend.core.ledger import append, canonical
from backend.ideas.models import (
    Appeal,
    Comment,
    Competition,
    Edition,
    Endorsement,
    FeasibilityCheck,
    Idea,
    IdeaVersion,
    Phase,
    Problem,
    ProblemSupport,
    TeamMember,
    table_of,
)

# Each phase's first and last day from today; several overlap, as in real editions.
DAYS: Mapping[str, tuple[int, int]] = {
    "outline": (-75, -25), "propose": (-50, 16), "endorse": (-40, 30), "feasibility": (-20, 60),
    "jury": (60, 78), "vote": (80, 101), "count": (101, 108), "results": (108, 122),
    "carry_out": (122, 400), "benefits": (400, 460),
}  # fmt: skip
NEEDED, BUDGET, LARGEST = 80, 300_000, 100_000
NAMES = {
    "en": "Voice of Vliermonde",
    "nl": "Stem van Vliermonde",
    "ro": "Vocea orașului Vliermonde",
}
SUMMARY = {
    "en": "Your ideas for the city: proposed, supported, checked, voted on and carried out.",
    "nl": "Uw ideeën voor de stad: voorgesteld, gesteund, getoetst, gekozen en uitgevoerd.",
    "ro": "Ideile voastre pentru oraș: propuse, susținute, verificate, votate și realizate.",
}
BENEFIT = {
    "en": "Above all those who told us about it, and everybody who passes by.",
    "nl": "Vooral wie ons erover vertelde, en iedereen die langskomt.",
    "ro": "Mai ales cei care ne-au povestit, și toți cei care trec pe acolo.",
}
TEAMS = {
    "en": ("Neighbours of the street", "Class 7b", "Friends of the harbour", "A resident"),
    "nl": ("De buurtvereniging", "Groep 8", "Bewoners van de straat", "Een bewoner"),
    "ro": ("Asociația de locatari", "Vecinii", "Clasa a VII-a", "Un locuitor"),
}


def seed_edition(
    session: Session,
    plan: Mapping[str, Any],
    *,
    spots: Sequence[tuple[float, float]],
    author_id: int | None = None,
    photos: Mapping[str, str] | None = None,
) -> str | None:
    """Found this year's edition with what is in it so far; nothing where it is there already."""
    now, chance = utcnow(), random.Random(7)  # noqa: S311 - an invented city, always the same
    competition = _competition(session, now)
    year = now.year
    known = session.execute(
        select(Edition.id).where(Edition.competition_id == competition, Edition.year == year)
    ).first()
    if known:
        return None
    _complete_past(session, competition)
    edition = _edition(session, competition, year, now)
    _phases(session, edition, now)
    problems = _problems(session, edition, plan["problems"], chance)
    ideas = _ideas(session, edition, (plan, problems, spots, author_id), chance)
    _findings(session, ideas, plan, chance)
    _talk(session, ideas, plan, chance)
    _picture(session, ideas, photos or {})
    _place(session, ideas)
    session.flush()
    return str(edition.public_id)


def _competition(session: Session, now: datetime) -> int:
    found = session.execute(select(Competition).order_by(Competition.id)).scalars().first()
    if found is None:
        found = Competition(
            public_id=new_public_id(), slug="voice", name=NAMES, description=SUMMARY,
            created_at=now,
        )  # fmt: skip
        session.add(found)
    found.name, found.description = NAMES, SUMMARY
    session.flush()
    return found.id


def _complete_past(session: Session, competition: int) -> None:
    """Give earlier editions the phases that led to their vote, all over."""
    editions = session.execute(
        select(Edition).where(Edition.competition_id == competition)
    ).scalars().all()  # fmt: skip
    for edition in editions:
        edition.summary = SUMMARY
        votes = session.execute(
            select(Phase).where(Phase.edition_id == edition.id)
        ).scalars().all()  # fmt: skip
        if len(votes) != 1 or votes[0].kind != "vote":
            continue
        anchor = votes[0].starts_at - timedelta(days=DAYS["vote"][0])
        for position, (kind, (start, end)) in enumerate(DAYS.items()):
            if kind == "vote":
                votes[0].position = position
                continue
            until = anchor + timedelta(days=end)
            _phase(session, edition, (position, kind), anchor + timedelta(days=start), until)


def _edition(session: Session, competition: int, year: int, now: datetime) -> Edition:
    edition = Edition(
        public_id=new_public_id(), version=1, competition_id=competition, year=year,
        name={code: f"{name} {year}" for code, name in NAMES.items()}, summary=SUMMARY,
        state="running", rehearsal=False, budget=BUDGET, currency="EUR", largest_cost=LARGEST,
        smallest_cost=1000, endorsements_needed=NEEDED, answer_days=30, appeal_days=14, pots=[],
        ideas_numbered=0, created_at=now - timedelta(days=90), updated_at=now,
    )  # fmt: skip
    session.add(edition)
    session.flush()
    return edition


def _phases(session: Session, edition: Edition, now: datetime) -> None:
    day = now.replace(hour=11, minute=0, second=0, microsecond=0)
    for position, (kind, (start, end)) in enumerate(DAYS.items()):
        span = (day + timedelta(days=start), day + timedelta(days=end))
        _phase(session, edition, (position, kind), *span)


def _phase(
    session: Session, edition: Edition, place: tuple[int, str], start: datetime, end: datetime
) -> None:
    now = utcnow()
    state = "planned" if start > now else "open" if end > now else "closed"
    voting = place[1] in ("vote", "jury")
    who = {"assurance": "resident_verified" if voting else "contact_verified"}
    session.add(
        Phase(
            public_id=new_public_id(), version=1, edition_id=edition.id, kind=place[1],
            position=place[0], starts_at=start, ends_at=end, state=state, who=who,
            opened_at=start if state != "planned" else None,
            closed_at=end if state == "closed" else None,
        )
    )  # fmt: skip


def _voices(model: Any, key: str, row_id: int, number: int, at: datetime) -> list[dict[str, Any]]:
    """Voices of invented people: marks that lead to nobody."""
    rest: dict[str, Any] = (
        {"state": "given"} if model is Endorsement else {"affected": row_id % 3 == 0}
    )
    return [
        {
            key: row_id, "created_at": at, **rest,
            "who": hashlib.sha256(f"invented {row_id} {n}".encode()).hexdigest(),
        }
        for n in range(number)
    ]  # fmt: skip


def _problems(
    session: Session, edition: Edition, rows: Sequence[Any], chance: random.Random
) -> list[Problem]:
    districts = {d.code: d.id for d in city.districts(session)}
    found, voices = [], []
    for language, district, supporters, title, text, groups in rows:
        at = edition.created_at + timedelta(days=chance.randrange(16, 60))
        problem = Problem(
            public_id=new_public_id(), version=1, edition_id=edition.id, state="open",
            origin="citizen", title=title, text=text, language=language, groups=list(groups),
            signature=chance.choice(TEAMS[language]), district_id=districts.get(district),
            supports=supporters, evidence=0, reports=0, ideas=0, created_at=at, updated_at=at,
        )  # fmt: skip
        session.add(problem)
        session.flush()
        voices += _voices(ProblemSupport, "problem_id", problem.id, supporters, at)
        found.append(problem)
    session.execute(insert(table_of(ProblemSupport)), voices)
    return found


def _ideas(
    session: Session, edition: Edition, rest: tuple[Any, ...], chance: random.Random
) -> list[tuple[Idea, str, str | None]]:
    plan, problems, spots, author_id = rest
    districts = {d.code: d for d in city.districts(session)}
    found, voices = [], []
    for number, row in enumerate(plan["ideas"], start=1):
        _language, code, answers, _cost, endorsed, outcome, photo = row[:7]
        at = edition.created_at + timedelta(days=chance.randrange(42, 86))
        place = _spot(session, spots, code, chance) if code else None
        problem = problems[answers - 1] if answers else None
        idea = _idea(edition, row, at)
        idea.number, idea.endorsements = number, endorsed
        idea.author_id = author_id if number == 1 else None
        idea.problem_id = problem.id if problem else None
        idea.district_id = districts[code].id if code in districts else None
        idea.lon, idea.lat = place or (None, None)
        idea.endorsed_at = at + timedelta(days=5) if endorsed >= NEEDED or outcome else None
        idea.signature = chance.choice(TEAMS[idea.language or "en"])
        session.add(idea)
        session.flush()
        if problem:
            problem.ideas += 1
        _first_version(session, idea)
        voices += _voices(Endorsement, "idea_id", idea.id, endorsed, at)
        append(session, "idea", idea.public_id, "proposed", "system", {"title": idea.title}, at=at)
        found.append((idea, outcome, photo))
    session.execute(insert(table_of(Endorsement)), voices)
    edition.ideas_numbered = len(found)
    return found


def _spot(
    session: Session, spots: Sequence[tuple[float, float]], code: str, chance: random.Random
) -> tuple[float, float] | None:
    """A place in a district that a report of the demo lies at, a little beside it."""
    found = city.district_by_code(session, code)
    for _try in range(60):
        if not spots:
            return None
        lon, lat = chance.choice(spots)
        here = city.district_of(session, lon, lat)
        if here and found and here.id == found.id:
            return lon, lat
    return None


def _idea(edition: Edition, row: Sequence[Any], at: datetime) -> Idea:
    language, _district, _answers, cost, _endorsed, _outcome, _photo, title, summary, text = row
    return Idea(
        public_id=new_public_id(), version=1, edition_id=edition.id, state="proposed",
        is_minor=False, language=language, title=title, summary=summary, text=text,
        benefit=BENEFIT[language], folded=fold(f"{title} {summary} {text}"), estimate=cost,
        unsure=False, contents=1, endorsements=0, comments=0, photos=0, proposed_at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip


def _first_version(session: Session, idea: Idea) -> None:
    said = {k: getattr(idea, k) for k in ("title", "summary", "text", "benefit", "estimate")}
    digest = hashlib.sha256(canonical(said)).hexdigest()
    session.add(
        IdeaVersion(idea_id=idea.id, number=1, digest=digest, created_at=idea.created_at, **said)
    )
    session.add(
        TeamMember(
            public_id=new_public_id(), idea_id=idea.id, account_id=idea.author_id, role="author",
            state="accepted", created_at=idea.created_at, answered_at=idea.created_at,
        )
    )  # fmt: skip


def _findings(
    session: Session, ideas: Sequence[Any], plan: Mapping[str, Any], chance: random.Random
) -> None:
    now = utcnow()
    words = {"f": "feasible", "c": "with_conditions", "i": "infeasible"}
    departments = {d.code: d.id for d in city.departments(session)}
    for number, (idea, outcome, _photo) in enumerate(ideas):
        if not outcome:
            continue
        decided = outcome in words
        code = plan["departments"][number % len(plan["departments"])]
        asked = now - timedelta(days=18 - number % 6)
        reason, conditions = plan["findings"].get(outcome, (None, None))
        check = FeasibilityCheck(
            public_id=new_public_id(), version=2, idea_id=idea.id, round=1, contents=1,
            department_id=departments.get(code) or next(iter(departments.values())),
            outcome=words.get(outcome), reason=reason, conditions=conditions,
            cost=round(idea.estimate * chance.uniform(0.85, 1.2), -2) if outcome in "fc" else None,
            due_at=asked + timedelta(days=30), created_at=asked,
            decided_at=asked + timedelta(days=9) if decided else None,
            appeal_until=now + timedelta(days=5) if decided else None,
        )  # fmt: skip
        session.add(check)
        session.flush()
        if decided:
            idea.state = "infeasible" if outcome == "i" else "feasible"
            idea.cost = check.cost
        if outcome == "i" and idea.number and idea.number % 2 == 0:
            session.add(
                Appeal(
                    public_id=new_public_id(), check_id=check.id, state="open",
                    text="The drawings that the finding rests on are from before the works of "
                    "last spring. We ask to look again.",
                    due_at=now + timedelta(days=20), created_at=now - timedelta(days=2),
                )
            )  # fmt: skip


def _talk(
    session: Session, ideas: Sequence[Any], plan: Mapping[str, Any], chance: random.Random
) -> None:
    """Comments for the ideas that many support, some of them answered."""
    now = utcnow()
    for idea, _outcome, _photo in ideas:
        most = min(7, idea.endorsements // 25)
        for language, side, text in chance.sample(plan["comments"], most):
            at = idea.created_at + (now - idea.created_at) * chance.uniform(0.1, 0.9)
            made = _said(idea, (language, side, text), at, chance)
            session.add(made)
            session.flush()
            idea.comments += 1
            if side != "for" and chance.random() < 0.5:
                reply = chance.choice(plan["answers"])
                answer = _said(idea, (reply[0], "neutral", reply[1]), at, chance)
                answer.parent_id, answer.party = made.id, "team"
                session.add(answer)
                idea.comments += 1


def _said(idea: Idea, words: tuple[str, str, str], at: datetime, chance: random.Random) -> Comment:
    return Comment(
        public_id=new_public_id(), idea_id=idea.id, side=words[1], text=words[2],
        language=words[0], signature=chance.choice(("Ana", "Bram", "Chris", "Dana", "Els", "Ioana",
                                                    "Jan", "Mihai", "Sam", "Yara")),
        party="citizen", useful=chance.randrange(0, 24), useless=chance.randrange(0, 6), flags=0,
        created_at=at,
    )  # fmt: skip


def _picture(session: Session, ideas: Sequence[Any], photos: Mapping[str, str]) -> None:
    """Give ideas the photos that were drawn for them, each to one idea."""
    from backend.media.service import attach

    for idea, _outcome, _photo in ideas:
        public_id = photos.get(idea.title)
        if public_id:
            attach(session, [public_id], "idea", idea.public_id, public=True)
            idea.photos, idea.photo = 1, public_id


def _place(session: Session, ideas: Sequence[Any]) -> None:
    """Have the running model say where the ideas belong, as it does for every idea."""
    session.flush()
    subjects = [
        classification.Subject(f"{i.title}. {i.summary} {i.text}", i.language, i.title)
        for i, _outcome, _photo in ideas
    ]
    for (idea, _outcome, _photo), found in zip(
        ideas, classification.suggest_many(session, subjects), strict=True
    ):
        classification.record(session, "idea", idea.public_id, found)


def titles_with_photo(plan: Mapping[str, Any]) -> dict[str, str]:
    """Which kind of photo each idea wants, by title."""
    return {row[7]: row[6] for row in plan["ideas"] if row[6]}


def has_ideas(session: Session, year: int) -> bool:
    """Whether an edition of a year is there already."""
    number = session.execute(select(func.count()).where(Edition.year == year)).scalar_one()
    return bool(number)

"""Writing Pabulib, so that researchers and other cities can count again with their own tools."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from backend.ideas.count.election import APPROVAL, ORDINAL, Ballot, Election, Project
from backend.ideas.count.money import written

COLUMNS = ("project_id", "cost", "name", "category", "neighborhood", "exclusion_group", "withdrawn")


def pabulib_text(
    election: Election,
    *,
    meta: Mapping[str, str] | None = None,
    selected: Iterable[str] | None = None,
    ballots: Iterable[tuple[str, Ballot]] | None = None,
) -> str:
    """The election as the text of a .pb file.

    `ballots` gives each ballot the id it is published under; without it they are numbered in the
    order of the distinct ballots. `selected` marks the winners.
    """
    listed = list(ballots) if ballots is not None else list(_numbered(election))
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\n").writerow
    write(["META"])
    write(["key", "value"])
    for key, value in _meta(election, meta or {}, len(listed)).items():
        write([key, value])
    write(["PROJECTS"])
    used = [name for name in COLUMNS if name in {"project_id", "cost"} or _used(election, name)]
    marked = set(selected) if selected is not None else None
    write(used + (["selected"] if marked is not None else []))
    for project in election.projects:
        row = [_cell(project, name) for name in used]
        write(row + ([str(int(project.id in marked))] if marked is not None else []))
    write(["VOTES"])
    pointed = election.kind not in {APPROVAL, ORDINAL} or any(b.points for _, b in listed)
    write(["voter_id", "vote", "points"] if pointed else ["voter_id", "vote"])
    ids = [project.id for project in election.projects]
    for number, ballot in listed:
        write([number, *_choices(ballot, ids, pointed)])
    return out.getvalue()


def _numbered(election: Election) -> Iterable[tuple[str, Ballot]]:
    number = 0
    for ballot, count in election.ballots:
        for _ in range(count):
            number += 1
            yield str(number), ballot


def _meta(election: Election, stated: Mapping[str, str], votes: int) -> dict[str, str]:
    known = {**election.meta, **stated}
    meta = {
        key: known.get(key) or "unknown" for key in ("description", "country", "unit", "instance")
    }
    meta |= {
        "num_projects": str(len(election.projects)),
        "num_votes": str(votes),
        "budget": written(election.budget),
        "vote_type": election.kind,
        "rule": known.get("rule") or "unknown",
    }
    for kind, names, amounts in (
        ("category", "categories", "budget_per_category"),
        ("area", "neighborhoods", "budget_per_neighborhood"),
    ):
        caps = [cap for cap in election.caps if cap.kind == kind]
        if caps:
            meta[names] = ",".join(cap.name for cap in caps)
            meta[amounts] = ",".join(written(cap.amount) for cap in caps)
    skipped = {"default_score"}  # ballots hold it already
    return meta | {key: known[key] for key in known if key not in meta and key not in skipped}


def _cell(project: Project, name: str) -> str:
    cells = {
        "project_id": project.id,
        "cost": written(project.cost),
        "name": project.name,
        "category": ",".join(project.categories),
        "neighborhood": project.area,
        "exclusion_group": project.group,
        "withdrawn": "1" if project.withdrawn else "",
    }
    return " ".join(cells[name].split())


def _used(election: Election, name: str) -> bool:
    return any(_cell(project, name) for project in election.projects)


def _choices(ballot: Ballot, ids: Sequence[str], pointed: bool) -> list[str]:
    chosen = ",".join(ids[at] for at in ballot.choices)
    return [chosen, ",".join(written(value) for value in ballot.points)] if pointed else [chosen]

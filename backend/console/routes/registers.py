"""The desk of the registers: public services, projects, the plan, and watched series."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, request
from sqlalchemy.orm import Session

from backend.classification.queries import name_of
from backend.console import register_forms as forms
from backend.console.blueprint import blueprint
from backend.core.actor import Actor, current_actor
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.pages.forms import first_time, go, messages, page
from backend.core.policy import is_allowed, requires
from backend.core.problems import Conflict, Invalid, NotFound, Stale
from backend.indicators.catalogue import series_codes
from backend.indicators.queries import registers as reading
from backend.indicators.service import importing
from backend.indicators.service import registers as keeping

HOME = "/console/indicators"
Row = Mapping[str, Any]
Save = Callable[[Session, Actor, Row | None, forms.Values], object]


@dataclass(frozen=True, slots=True)
class Register:
    """A register of the room: what it asks, how it is read and kept."""

    action: str
    fields: Callable[[], list[forms.Field]]
    rows: Callable[[Session], Sequence[Row]]
    save: Save
    end: Callable[[Session, Actor, str], object] | None


def _save_service(session: Session, actor: Actor, row: Row | None, values: forms.Values) -> object:
    code = row["code"] if row else values["code"]
    return keeping.put_service(
        session, actor, code, forms.with_names(values), version=_version(row)
    )


def _save_project(session: Session, actor: Actor, row: Row | None, values: forms.Values) -> object:
    code = row["code"] if row else values["code"]
    return keeping.put_project(
        session, actor, code, forms.with_names(values), version=_version(row)
    )


def _save_target(session: Session, actor: Actor, row: Row | None, values: forms.Values) -> object:
    of = row or values
    return keeping.set_target(
        session, actor, of["component"], profile=of["profile"], year=values["year"],
        score=values["score"], decided_by=values["decided_by"], measures=values["measures"],
    )  # fmt: skip


def _save_watch(session: Session, actor: Actor, row: Row | None, values: forms.Values) -> object:
    limits = {name: values[name] for name in ("above", "below", "note")}
    if row is None:
        return importing.watch_series(session, actor, values["series"], **limits)
    return importing.change_watch(session, actor, row["id"], **limits)


def _version(row: Row | None) -> int:
    """The version that the form was opened with; nought asks for a new entry."""
    said = request.form.get("version", "")
    return int(said) if row and said.isdecimal() and len(said) < 10 else 0


def _targets(session: Session) -> list[Row]:
    return [{**row, "component": row["code"]} for row in reading.targets(session)]


REGISTERS = {
    "services": Register(
        "indicators.register", forms.service_fields, reading.public_services, _save_service,
        lambda s, a, key: keeping.retire(s, a, "service", key),
    ),
    "projects": Register(
        "indicators.register", forms.project_fields, reading.projects, _save_project,
        lambda s, a, key: keeping.retire(s, a, "project", key),
    ),
    "plan": Register("indicators.plan", forms.target_fields, _targets, _save_target, None),
    "watches": Register(
        "indicators.watch", forms.watch_fields, reading.watches, _save_watch, importing.end_watch
    ),
}  # fmt: skip


def _title(name: str) -> str:
    return {
        "services": str(_("Public services")), "projects": str(_("Smart-city projects")),
        "plan": str(_("Targets of the plan")), "watches": str(_("Watched series")),
    }[name]  # fmt: skip


def _row(name: str, key: str) -> Row:
    found = (row for row in REGISTERS[name].rows(db.session()) if row["id"] == key)
    row = next(found, None)
    if row is None:
        raise NotFound()
    return row


@blueprint.get("/indicators/<any(services, projects, plan, watches):register>")
@requires("indicators.desk")
def register_list(register: str) -> Response:
    """The entries of a register, and the way to change them."""
    kept, language = REGISTERS[register], current_language()
    series = series_codes()
    return page(
        "console/indicator_register.html",
        register=register,
        title=_title(register),
        rows=kept.rows(db.session()),
        may_keep=is_allowed(current_actor(), kept.action),
        part_name=lambda code: name_of(code, language),
        series_name=lambda code: series[code].name() if code in series else code,
        online=forms.online_words(),
        states=forms.project_words(),
    )


def _fixed_word(field: forms.Field, value: str) -> str:
    """An answer that no longer changes, in words."""
    if field.name == "component":
        return name_of(value, current_language())
    return str(dict(field.choices).get(value, value))


def _entry(
    register: str, row: Row | None, values: Row, errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    return page(
        "console/indicator_entry.html",
        status,
        register=register,
        title=_title(register),
        row=row,
        fields=REGISTERS[register].fields(),
        values=values,
        errors=errors or {},
        version=values.get("version", ""),
        fixed_word=_fixed_word,
        can_end=row is not None and REGISTERS[register].end is not None,
    )


@blueprint.get("/indicators/<any(services, projects, plan, watches):register>/new")
@requires("indicators.register")
def register_new(register: str) -> Response:
    """The form of a new entry."""
    return _entry(register, None, {})


@blueprint.get("/indicators/<any(services, projects, plan, watches):register>/<key>")
@requires("indicators.register")
def register_entry(register: str, key: str) -> Response:
    """The form of an entry, as it stands now."""
    row = _row(register, key)
    return _entry(register, row, forms.as_typed(row))


@blueprint.post("/indicators/<any(services, projects, plan, watches):register>/new")
@requires("indicators.register")
def register_add(register: str) -> Response:
    """Enter something new."""
    return _kept(register, None)


@blueprint.post("/indicators/<any(services, projects, plan, watches):register>/<key>")
@requires("indicators.register")
def register_change(register: str, key: str) -> Response:
    """Change an entry; what was changed in the meantime is not overwritten."""
    return _kept(register, _row(register, key))


def _kept(register: str, row: Row | None) -> Response:
    session, kept = db.session(), REGISTERS[register]
    fields = [each for each in kept.fields() if not (row and each.fixed)]
    values, errors = forms.read_form(fields)
    status = 422
    if not errors:
        try:
            if first_time(session):
                kept.save(session, current_actor(), row, values)
                flash(str(_("Written down.")), "success")
            return go(f"{HOME}/{register}")
        except Stale as problem:
            taken = {"code": str(_("The register has an entry with this code."))}
            errors, status = (messages(problem) if row else taken), (412 if row else 422)
        except (Invalid, Conflict) as problem:
            errors, status = _beside(messages(problem), fields), problem.status
        db.session.rollback()
    shown = forms.typed(fields) | {"version": request.form.get("version", "")}
    return _entry(register, row, {**(forms.as_typed(row) if row else {}), **shown}, errors, status)


def _beside(errors: dict[str, str], fields: Sequence[forms.Field]) -> dict[str, str]:
    """What is wrong with a name stands beside the name in the city's first language."""
    first = next((each.name for each in fields if each.name.startswith("name_")), "name")
    return {first if name == "name" else name: message for name, message in errors.items()}


@blueprint.post("/indicators/<any(services, projects, watches):register>/<key>/end")
@requires("indicators.register")
def register_end(register: str, key: str) -> Response:
    """Take an entry out of a register, or stop watching; the history keeps it."""
    session, end = db.session(), REGISTERS[register].end
    if end is not None and first_time(session):
        end(session, current_actor(), key)
        flash(str(_("Taken out. The history keeps it.")), "success")
    return go(f"{HOME}/{register}")

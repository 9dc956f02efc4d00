"""What the desk's forms of the indicators' registers ask, and how it is read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from backend.city import queries as city
from backend.classification.queries import taxonomy_document
from backend.console.words import language_name
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.pages.forms import line, text
from backend.core.problems import Invalid
from backend.indicators.catalogue import series_codes
from backend.indicators.service.registers import ONLINE, STATES

Values = dict[str, Any]
Reader = Callable[[str], Any]
DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
LARGEST = 1e13


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form: how it is asked, and how its answer is read."""

    name: str
    label: str
    read: Reader
    kind: str = "text"
    hint: str | None = None
    optional: bool = False
    fixed: bool = False
    width: str | None = None
    choices: Sequence[Any] = ()


def read_form(fields: Sequence[Field]) -> tuple[Values, dict[str, str]]:
    """The answers of a form, and what is wrong with them, field by field."""
    values: Values = {}
    errors: dict[str, str] = {}
    for each in fields:
        try:
            values[each.name] = each.read(each.name)
        except Invalid as problem:
            errors |= {name: str(message) for name, message in problem.errors.items()}
    return values, errors


def typed(fields: Sequence[Field]) -> Values:
    """What was typed, to be shown again beside what was wrong with it."""
    return {each.name: request.form.get(each.name, "")[:10_000] for each in fields}


def number(name: str) -> float | None:
    """A number as people type it, with a comma or a point; nothing where nothing was typed."""
    said = line(name, 40).replace(" ", "").replace("\u00a0", "").replace(",", ".")
    if not said:
        return None
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", said):
        raise Invalid(errors={name: _("Write a number, for example 12.5.")})
    return float(said)


def _amount(name: str) -> float | None:
    found = number(name)
    if found is not None and not 0 <= found <= LARGEST:
        raise Invalid(errors={name: _("Write a number of nought or more.")})
    return found


def _whole(name: str) -> int | None:
    found = _amount(name)
    if found is not None and (found != int(found) or found > 2_000_000_000):
        raise Invalid(errors={name: _("Write a whole number.")})
    return None if found is None else int(found)


def _needed(name: str) -> float:
    found = number(name)
    if found is None:
        raise Invalid(errors={name: _("Write a number.")})
    return found


def _year(name: str) -> int:
    found = _needed(name)
    if found != int(found):
        raise Invalid(errors={name: _("Write a year, for example 2030.")})
    return int(found)


def _page(name: str) -> str | None:
    said = line(name, 300)
    if said and not re.match(r"https?://[^\s/]+", said):
        raise Invalid(errors={name: _("An address begins with https://.")})
    return said or None


def _day(name: str) -> str | None:
    said = line(name, 10)
    if said and not DAY.fullmatch(said):
        raise Invalid(errors={name: _("Write a year, or year and month: 2026 or 2026-03.")})
    return said or None


def _currency(name: str) -> str | None:
    said = line(name, 3).upper()
    if said and not re.fullmatch(r"[A-Z]{3}", said):
        raise Invalid(errors={name: _("Write the three letters of the currency, such as EUR.")})
    return said or None


def _said(name: str) -> str | None:
    return line(name, 300) or None


def _told(name: str) -> str | None:
    return text(name, 2000) or None


def _parts() -> list[Any]:
    return [
        (domain["name"], [(part["code"], part["name"]) for part in domain["components"]])
        for domain in taxonomy_document(current_language())
    ]


def _names() -> list[Field]:
    languages = city.facts(db.session()).languages
    return [
        Field(
            f"name_{code}",
            str(_("Name (%(language)s)", language=language_name(code))),
            _said,
            optional=n > 0,
        )
        for n, code in enumerate(languages)
    ]


def _code() -> Field:
    return Field("code", str(_("Short code")), lambda name: line(name, 60), fixed=True,
                 hint=str(_("Letters that stay the same, for example passport.")))  # fmt: skip


def _component(*, fixed: bool = False) -> Field:
    return Field("component", str(_("Component")), lambda name: line(name, 10), "select",
                 choices=_parts(), fixed=fixed)  # fmt: skip


def service_fields() -> list[Field]:
    """The form of a public service."""
    words = online_words()
    return [
        _code(),
        *_names(),
        _component(),
        Field("online", str(_("How far online")), lambda name: line(name, 12), "select",
              choices=[(value, words[value]) for value in ONLINE]),
        Field("address", str(_("Where it can be done")), _page, optional=True),
        Field("requests_year", str(_("Requests a year")), _whole, optional=True, width="short"),
        Field("online_share", str(_("Made online, in per cent")), number, optional=True,
              width="short"),
        Field("satisfaction", str(_("Satisfaction, 1 to 5")), number, optional=True,
              width="short"),
    ]  # fmt: skip


def project_fields() -> list[Field]:
    """The form of a smart-city project."""
    words = project_words()
    return [
        _code(),
        *_names(),
        _component(),
        Field("state", str(_("State")), lambda name: line(name, 12), "select",
              choices=[(value, words[value]) for value in STATES]),
        Field("started", str(_("Begun")), _day, optional=True, width="short"),
        Field("finished", str(_("Finished")), _day, optional=True, width="short"),
        Field("invested", str(_("Invested")), _amount, optional=True, width="short"),
        Field("currency", str(_("Currency")), _currency, optional=True, width="short"),
        Field("equipment", str(_("Equipment")), _told, "area", optional=True),
        Field("results", str(_("Results")), _told, "area", optional=True),
        Field("evidence", str(_("Evidence")), _said, optional=True,
              hint=str(_("A document or an address that shows it."))),
    ]  # fmt: skip


def target_fields() -> list[Field]:
    """The form of a target of the plan."""
    return [
        _component(fixed=True),
        Field("profile", str(_("Profile")), lambda name: line(name, 10), "select", fixed=True,
              choices=[("platform", _("From this platform")), ("official", _("Official figures"))]),
        Field("score", str(_("Score to reach, 0 to 100")), _needed, width="short"),
        Field("year", str(_("By the end of")), _year, width="short",
              hint=str(_("A year, from %(year)s on.", year=utcnow().year))),
        Field("decided_by", str(_("Decided by")), lambda name: line(name, 200),
              hint=str(_("Who decided this, and when."))),
        Field("measures", str(_("What will be done for it")), _told, "area", optional=True),
    ]  # fmt: skip


def watch_fields() -> list[Field]:
    """The form of a threshold on a series."""
    series = sorted(
        ((code, f"{sub.component}: {sub.name()} ({sub.unit()})")
         for code, sub in series_codes().items()),
        key=lambda pair: pair[1],
    )  # fmt: skip
    return [
        Field("series", str(_("Series")), lambda name: line(name, 60), "select", fixed=True,
              choices=series),
        Field("above", str(_("Tell the desk above")), number, optional=True, width="short"),
        Field("below", str(_("Tell the desk below")), number, optional=True, width="short"),
        Field("note", str(_("Why this limit")), lambda name: line(name, 300), optional=True),
    ]  # fmt: skip


def with_names(values: Mapping[str, Any]) -> Values:
    """The names by language, which a form asks one by one, in one."""
    kept = {name: value for name, value in values.items() if not name.startswith("name_")}
    names = {n[5:]: v for n, v in values.items() if n.startswith("name_") and v}
    return {**kept, "name": names} if any(n.startswith("name_") for n in values) else kept


def as_typed(row: Mapping[str, Any]) -> Values:
    """An entry as its form shows it."""
    names = row.get("name")
    asked = {f"name_{code}": value for code, value in names.items()} if names else {}
    plain = {k: int(v) if isinstance(v, float) and v == int(v) else v for k, v in row.items()}
    return {**plain, **asked}


def online_words() -> dict[str, str]:
    """How far a service can be done online."""
    return {
        "full": str(_("wholly online")), "request": str(_("request online")),
        "form": str(_("form to print")), "information": str(_("information only")),
        "none": str(_("not online")),
    }  # fmt: skip


def project_words() -> dict[str, str]:
    """Where a project stands."""
    return {
        "planned": str(_("planned")), "running": str(_("running")),
        "finished": str(_("finished")), "stopped": str(_("stopped")),
    }  # fmt: skip

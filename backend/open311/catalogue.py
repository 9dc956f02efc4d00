"""The city's catalogue as GeoReport's services and their definitions."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.city.facts import CityFacts, ServiceFacts
from backend.core.i18n import _, current_language
from backend.open311.ways import ways

# Words that FixMyStreet reads as orders; a keyword of ours must not become one by accident.
_ORDERS = frozenset({"private", "inactive", "staff", "waste_only"})
_WORD = re.compile(r"[^\W_]{3,}")


def offered(session: Session) -> tuple[ServiceFacts, ...]:
    """What can be asked for from outside: nothing retired, nothing that must stay confidential."""
    return tuple(service for service in city.catalogue(session) if not service.confidential)


def find_service(session: Session, code: str) -> ServiceFacts | None:
    """An offered service by its code."""
    return next((s for s in offered(session) if s.code == code), None)


def services(session: Session) -> list[dict[str, Any]]:
    """The list of services, every field with words in it."""
    facts, language, kinds = city.facts(session), current_language(), ways(session)
    groups = group_names(facts, language)
    return [_service(s, groups, kinds.get(s.code, "realtime"), language) for s in offered(session)]


def group_names(facts: CityFacts, language: str) -> dict[str, str]:
    """The catalogue's groups by code."""
    from backend.core.i18n import in_language

    return {str(g["code"]): in_language(dict(g["name"]), language) for g in facts.groups}


def _service(
    service: ServiceFacts, groups: Mapping[str, str], way: str, language: str
) -> dict[str, Any]:
    name = service.name(language).strip() or service.code
    return {
        "service_code": service.code,
        "service_name": name,
        "description": service.description(language).strip() or name,
        "metadata": bool(service.questions),
        "type": way,
        "keywords": _keywords(service, name, language),
        "group": groups.get(service.group or "") or str(_("Other")),
    }


def _keywords(service: ServiceFacts, name: str, language: str) -> str:
    words: Iterable[str] = service.keywords.get(language) or _WORD.findall(name.lower()) or [name]
    kept = [w.replace(",", " ") for w in words if w.strip().lower() not in _ORDERS]
    return ", ".join(kept) or service.code


def definition(service: ServiceFacts) -> dict[str, Any]:
    """The questions of a service; a service without any has an empty list."""
    language = current_language()
    return {
        "service_code": service.code,
        "attributes": [
            _attribute(question, position, language)
            for position, question in enumerate(service.questions, start=1)
        ],
    }


def _attribute(question: Mapping[str, Any], position: int, language: str) -> dict[str, Any]:
    from backend.core.i18n import in_language

    datatype = str(question["datatype"])
    asked = in_language(dict(question.get("text") or {}), language)
    hint = in_language(dict(question.get("help") or {}), language)
    found = {
        "variable": True,
        "code": str(question["code"]),
        "datatype": datatype,
        # A question that is asked only after another answer cannot be demanded from outside.
        "required": bool(question.get("required")) and not question.get("when"),
        "datatype_description": hint or datatype_words(datatype),
        "order": position,
        "description": asked or str(question["code"]),
    }
    if question.get("values"):
        found["values"] = [
            {"key": str(v["key"]), "name": in_language(dict(v["name"]), language) or str(v["key"])}
            for v in question["values"]
        ]
    return found


def datatype_words(datatype: str) -> str:
    """What kind of answer is expected, for people."""
    words = {
        "string": _("A short text on one line."),
        "text": _("A text, on several lines if needed."),
        "number": _("A number."),
        "datetime": _("A date and a time, for example 2026-05-01T12:00:00Z."),
        "singlevaluelist": _("One of the values."),
        "multivaluelist": _("One or more of the values."),
    }
    return str(words.get(datatype, datatype))

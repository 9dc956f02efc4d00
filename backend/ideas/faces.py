"""What every face needs to show the competition: words, names of places, money."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_currency
from flask_babel import get_locale

from backend.city import queries as city
from backend.classification.queries import domain_codes, name_of
from backend.core.db import db
from backend.core.i18n import current_language, in_language
from backend.ideas import wording
from backend.ideas.calendar import EXPLAINED, NAMES


def money(amount: int | None, currency: str = "EUR") -> str:
    """An amount as people write it, without decimals."""
    if amount is None:
        return "–"
    return str(
        format_currency(
            amount, currency, locale=get_locale(), format="¤#,##0", currency_digits=False
        )
    )


def words() -> dict[str, Any]:
    """The words that every page of the competition needs."""
    language = current_language()
    districts = {d.code: d.name(language) for d in city.districts(db.session())}
    return {
        "state_words": wording.STATES,
        "hue": wording.hue_of,
        "outcome_words": wording.OUTCOMES,
        "side_words": wording.SIDES,
        "state_choices": [(c, str(w)) for c, w in wording.STATES.items() if c != "draft"],
        "outcome_choices": [{"value": c, "label": str(w)} for c, w in wording.OUTCOMES.items()],
        "district_choices": [{"value": c, "label": n} for c, n in districts.items()],
        "copy_choices": lambda found: [(e["id"], in_language_or_blank(e["name"])) for e in found],
        "similar_choices": lambda found: [{"value": i["id"], "label": i["title"]} for i in found],
        "phase_names": NAMES,
        "phase_explained": EXPLAINED,
        "phase_states": wording.PHASE_STATES,
        "phase_hues": wording.PHASE_HUES,
        "action_words": wording.ACTIONS,
        "part_words": wording.PARTS,
        "role_words": wording.ROLES,
        "party_words": wording.PARTIES,
        "districts": districts,
        "departments": {d.code: d.name(language) for d in city.departments(db.session())},
        "domains": {code: name_of(code, language) for code in domain_codes()},
        "component_name": lambda code: name_of(code, language) if code else None,
        "money": money,
        "named": in_language_or_blank,
    }


def in_language_or_blank(names: Mapping[str, str] | None) -> str:
    """A text by language in the reader's, or nothing."""
    return in_language(dict(names)) if names else ""


def open_kinds(edition: Mapping[str, Any]) -> set[str]:
    """The phases of an edition in which something can be done now."""
    return {phase["kind"] for phase in edition["phases"] if phase["is_open"]}

"""The city's look on every page: its name, languages, clock and colours."""

from collections.abc import Mapping

from flask import url_for

from backend.city import queries as city
from backend.city.facts import CityFacts
from backend.core.db import db
from backend.core.i18n import LANGUAGES, _, current_language
from backend.core.pages import CityLook
from backend.core.pages.look import contrast, palette_errors, tokens_css

OWN_NAMES = {"en": "English", "nl": "Nederlands", "ro": "Română", "de": "Deutsch"}
GROUNDS = {"light": "#fbfaf7", "dark": "#131519"}


def city_look() -> CityLook:
    """What the frame of each page shows of the present city."""
    facts = city.facts(db.session())
    if not facts.loaded:
        return CityLook(service=_("The voice of the city"), languages=OWN_NAMES)
    codes = [code for code in facts.languages if code in LANGUAGES] or list(LANGUAGES)
    light, dark = palettes(facts)
    return CityLook(
        name=facts.name(current_language()),
        service=_("The voice of the city"),
        time_zone=facts.time_zone,
        languages={code: OWN_NAMES.get(code, code) for code in codes},
        tokens_url=url_for("web.city_css", v=facts.stamp) if light or dark else None,
        theme_colour=light.get("accent", CityLook().theme_colour),
    )


def palettes(facts: CityFacts) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The city's accent in the light and the dark theme; empty where it would not be legible."""
    found = facts.kept.get("web.palettes")
    if found is None:
        colours = facts.profile.get("colours") or {}
        found = (
            _palette("light", colours.get("accent")),
            _palette("dark", colours.get("accent_dark")),
        )
        facts.kept["web.palettes"] = found
    both: tuple[Mapping[str, str], Mapping[str, str]] = found
    return both


def city_css(facts: CityFacts) -> str:
    """The style sheet with the city's colours."""
    return tokens_css(*palettes(facts))


def _palette(theme: str, accent: object) -> Mapping[str, str]:
    """Four tokens from one colour of the city, as strong and as soft as is still legible."""
    if not isinstance(accent, str) or len(accent) != 7:
        return {}
    accent = accent.lower()
    ink = "#000000" if theme == "light" else "#ffffff"
    on_accent = max(("#ffffff", "#0b1214"), key=lambda colour: contrast(colour, accent))
    soft_share = 0.12 if theme == "light" else 0.2
    tokens = {
        "accent": accent,
        "accent-strong": mixed(accent, ink, 0.3),
        "accent-soft": mixed(GROUNDS[theme], accent, soft_share),
        "on-accent": on_accent,
    }
    return {} if palette_errors(theme, tokens) else tokens


def mixed(one: str, other: str, share: float) -> str:
    """A colour with some of another in it."""
    parts = [
        round(int(one[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)

"""city.yaml, calendar.yaml and emergency.yaml of a pack."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.city.calendar import OFFICE, WEEKDAYS, read_periods
from backend.city.pack.checking import COLOUR, EMAIL, LANGUAGE, Section, checked
from backend.city.pack.content import CityPart, Names
from backend.city.pack.reading import Document, Faults, as_date

FORMAT = 1
LEAST_CONTRAST = 4.5
COLOURS = ("accent", "accent_dark", "paper", "paper_dark", "ink", "ink_dark")
READABLE = (  # what is written on what
    ("accent", "paper"),
    ("accent_dark", "paper_dark"),
    ("ink", "paper"),
    ("ink_dark", "paper_dark"),
)
PLAIN_COLOURS = {
    "accent": "#0b5d73",
    "accent_dark": "#86d3e6",
    "paper": "#ffffff",
    "paper_dark": "#14181b",
    "ink": "#1b2326",
    "ink_dark": "#eceae3",
}
LEGAL = (
    "controller",
    "controller_address",
    "data_protection_officer",
    "supervisory_authority",
    "supervisory_authority_url",
    "accessibility_contact",
    "accessibility_enforcement",
    "accessibility_enforcement_url",
    "appeal_weeks",
)
ROLES = ("citizen", "triage", "department", "jury", "organiser", "administrator")


def languages_of(document: Document, faults: Faults) -> list[str]:
    """The languages in which a city writes its names, the first one first."""
    section = Section(document, (), faults)
    found = section.words("languages", most=3)
    if not found or any(not LANGUAGE.fullmatch(code) for code in found):
        section.fault(("languages",), "Give a list of language codes, for example [nl, en].")
    if len(set(found)) != len(found):
        section.fault(("languages",), "A language stands twice; remove one.")
    return found


def read_city(document: Document, languages: list[str], faults: Faults) -> CityPart:
    """city.yaml: names, place, contact, colours, legal texts."""
    top = Section(document, (), faults)
    top.only(
        "format", "slug", "demo", "name", "motto", "time_zone", "languages", "centre", "emergency",
        "contact", "colours", "data", "legal", "demo_accounts", "jurisdiction",
    )  # fmt: skip
    if top.values.get("format") != FORMAT:
        top.fault(("format",), f"Write format: {FORMAT}; this release reads no other.")
    zone = checked(top, "time_zone", _zone) or "UTC"
    if not top.has("time_zone"):
        top.fault(("time_zone",), "This is missing; for example Europe/Amsterdam.")
    profile = {
        "demo": top.flag("demo"),
        "name": top.names("name", languages),
        "motto": top.names("motto", languages, needed=False),
        "languages": languages,
        "centre": _centre(top),
        "emergency": _emergency_number(top, languages),
        "contact": _contact(top, languages),
        "colours": _colours(top),
        "data": _data(top, languages),
        "legal": _legal(top),
        "demo_accounts": _accounts(top, languages),
    }
    if jurisdiction := top.text("jurisdiction", most=80):
        profile["jurisdiction"] = jurisdiction
    return CityPart(top.code("slug") or "", zone, languages, profile)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ValueError(f"'{text}' is no time zone; for example Europe/Amsterdam") from error


def _centre(top: Section) -> dict[str, float | None]:
    centre = top.needed_section("centre")
    if centre is None:
        return {}
    centre.only("lat", "lon", "zoom")
    return {
        "lat": centre.number("lat", -90, 90),
        "lon": centre.number("lon", -180, 180),
        "zoom": centre.whole("zoom", 1, 20) or 13,
    }


def _emergency_number(top: Section, languages: list[str]) -> dict[str, object]:
    emergency = top.needed_section("emergency")
    if emergency is None:
        return {}
    emergency.only("number", "message")
    return {
        "number": emergency.text("number", most=20, needed=True),
        "message": emergency.names("message", languages, most=300),
    }


def _contact(top: Section, languages: list[str]) -> dict[str, object]:
    contact = top.needed_section("contact")
    if contact is None:
        return {}
    contact.only("name", "email", "phone", "web", "street", "postcode", "opening_hours")
    found: dict[str, object] = {
        "name": contact.text("name", needed=True),
        "email": contact.matching("email", EMAIL, "townhall@city.example", needed=True),
        "opening_hours": contact.names("opening_hours", languages, most=300, needed=False),
    }
    return found | {name: contact.text(name) for name in ("phone", "web", "street", "postcode")}


def _colours(top: Section) -> dict[str, str]:
    colours = top.section("colours")
    found = dict(PLAIN_COLOURS)
    if colours is None:
        return found
    colours.only(*COLOURS)
    for name in colours.values:
        if name in COLOURS:
            found[name] = colours.matching(name, COLOUR, '"#0b5d73"') or found[name]
    for front, back in READABLE:
        ratio = contrast(found[front], found[back])
        if ratio < LEAST_CONTRAST:
            colours.fault(
                (front,),
                f"{found[front]} on {found[back]} ({back}) has a contrast of {ratio:.1f} to 1; "
                f"choose one of {LEAST_CONTRAST} or more so that everyone can read it.",
            )
    return found


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _data(top: Section, languages: list[str]) -> dict[str, object]:
    data = top.section("data")
    if data is None:
        return {}
    data.only("licence", "licence_url", "attribution", "notice")
    return {
        "licence": data.text("licence", needed=True),
        "licence_url": data.text("licence_url"),
        "attribution": data.text("attribution"),
        "notice": data.names("notice", languages, most=400, needed=False),
    }


def _legal(top: Section) -> dict[str, object]:
    legal = top.section("legal")
    if legal is None:
        return {}
    legal.only(*LEGAL)
    found: dict[str, object] = {n: legal.text(n) for n in LEGAL if n != "appeal_weeks"}
    return found | {"appeal_weeks": legal.whole("appeal_weeks", 1, 52)}


def _accounts(top: Section, languages: list[str]) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = []
    for account in top.sections("demo_accounts", needed=False):
        account.only("role", "email", "name", "language", "department")
        found.append(
            {
                "role": account.choice("role", ROLES, "citizen"),
                "email": account.matching("email", EMAIL, "noor@city.example", needed=True),
                "name": account.text("name", needed=True),
                "language": account.choice("language", languages, next(iter(languages), "en")),
                "department": account.text("department"),
            }
        )
    return found


def read_hours(section: Section, name: str) -> dict[str, str]:
    """Working hours by weekday."""
    hours = section.section(name)
    if hours is None:
        return {}
    hours.only(*WEEKDAYS)
    found = {day: checked(hours, day, read_periods) for day in WEEKDAYS if hours.has(day)}
    return {day: text for day, text in found.items() if text}


def read_calendar(
    document: Document, languages: list[str], faults: Faults
) -> tuple[dict[str, str], dict[dt.date, Names]]:
    """calendar.yaml: the city's working hours and holidays."""
    top = Section(document, (), faults)
    top.only("hours", "holidays")
    hours = read_hours(top, "hours")
    if not hours:
        top.fault(("hours",), "Give the hours of at least one day, for example mon: 08:30-17:00.")
    holidays: dict[dt.date, Names] = {}
    for entry in top.sections("holidays", needed=False):
        entry.only("date", "name")
        day = as_date(entry.values.get("date"))
        if day is None:
            entry.fault(("date",), "Write the date as 2026-12-25.")
        elif day in holidays:
            entry.fault(("date",), f"{day} stands twice; remove one.")
        else:
            holidays[day] = entry.names("name", languages)
    return hours or dict(OFFICE), holidays


def read_emergency(
    document: Document, languages: list[str], faults: Faults
) -> dict[str, list[str]]:
    """emergency.yaml: words of danger to life by language."""
    top = Section(document, (), faults)
    top.only("phrases")
    phrases = top.needed_section("phrases")
    if phrases is None:
        return {}
    for language in languages:
        if not phrases.has(language):
            phrases.fault((), f"Add words of danger in: {language}.")
    return {language: phrases.words(language) for language in phrases.values}

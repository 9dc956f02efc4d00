"""Dates, times and numbers as people of the city write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from markupsafe import Markup, escape

from backend.core.clock import utcnow
from backend.core.i18n import current_language
from backend.core.pages.shell import city_look

# Plain "en" writes dates and hours as in the United States; our cities are European.
REGION = {"en": "en_GB"}


def _locale() -> Locale:
    code = current_language()
    return Locale.parse(REGION.get(code, code))


def _local(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(city_look().time_zone))


def _machine(moment: datetime) -> str:
    return _local(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_date(day: date | datetime, style: str = "long") -> str:
    """A day in words, on the city's calendar: 22 November 2026."""
    if isinstance(day, datetime):
        day = _local(day).date()
    return dates.format_date(day, format=style, locale=_locale())


def format_datetime(moment: datetime, style: str = "long") -> str:
    """A moment in words, on the city's clocks: 22 November 2026, 16:05; style "time": 16:05."""
    here = _local(moment)
    time = dates.format_time(here, "short", tzinfo=here.tzinfo, locale=_locale())
    if style == "time":
        return time
    day = dates.format_date(here.date(), format=style, locale=_locale())
    return str(_locale().datetime_formats["medium"]).format(time, day)


def relative_time(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in words: 3 days ago; beyond a month, the day itself."""
    here = _local(moment)
    distance = here - _local(now or utcnow())
    if abs(distance.days) > 30:
        return format_date(here, "medium")
    return dates.format_timedelta(distance, add_direction=True, locale=_locale())


def time_tag(moment: datetime, style: str = "long", *, relative: bool = False) -> Markup:
    """A moment for people and machines: the words, with the exact time beside them."""
    words = relative_time(moment) if relative else format_datetime(moment, style)
    title = (
        Markup(' data-relative title="{}"').format(format_datetime(moment))
        if relative
        else Markup("")
    )
    return Markup('<time datetime="{}"{}>{}</time>').format(_machine(moment), title, escape(words))


def format_number(value: float | int | Decimal, digits: int | None = None) -> str:
    """A number with the language's separators; digits fixes the decimals."""
    if digits is None:
        return numbers.format_decimal(value, locale=_locale())
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=_locale())


def format_percent(share: float, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage, in the language's way."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "\u202f%"
    if current_language() == "en":
        pattern = pattern.replace("\u202f", "")
    return numbers.format_percent(share, format=pattern, locale=_locale())


def format_distance(metres: float) -> str:
    """A walking distance: 80 m, 1.2 km."""
    if metres < 1000:
        return f"{format_number(round(metres / 10) * 10 if metres >= 100 else round(metres))} m"
    return f"{format_number(metres / 1000, 1)} km"

"""A city's look: name, mark, colours, languages; and the contrast that its colours must have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

HEX = re.compile(r"#[0-9a-f]{6}")
ACCENT_TOKENS = ("accent", "accent-strong", "accent-soft", "on-accent")
ENOUGH = 4.5
"""WCAG 2.2 AA for words of any size."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a navigation: where it leads, its word, its icon, the pages it stands for."""

    href: str
    label: object
    icon: str = ""
    match: tuple[str, ...] = ()
    """Beginnings of addresses on which this entry is the current one; its own when empty."""
    badge: int | None = None
    badge_strong: bool = False

    def is_current(self, path: str) -> bool:
        """Whether the page at this address belongs to the entry."""
        starts = self.match or (self.href,)
        return any(path == start or (start != "/" and path.startswith(start)) for start in starts)


@dataclass(frozen=True, slots=True)
class CityLook:
    """What the frame of each page needs to know of the city; the city's room provides it."""

    name: str = "Vox Urbis"
    service: object = ""
    """What the small second line of the header says, for instance the service's name."""
    logo_url: str | None = None
    time_zone: str = "UTC"
    languages: Mapping[str, str] = field(default_factory=lambda: {"en": "English"})
    """Code → the language's own name, in the order of the switch."""
    tokens_url: str | None = None
    """Address of the city's stylesheet made by `tokens_css`, with a version in it."""
    theme_colour: str = "#015662"


def _channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance of a #rrggbb colour, 0 black to 1 white."""
    red, green, blue = (_channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str) -> float:
    """Perceived lightness L*, 0 to 100: what is left of a colour in a black-and-white print."""
    y = luminance(colour)
    return float(116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y)


GROUNDS = {"light": ("#fbfaf7", "#ffffff", "#f2f0ea"), "dark": ("#131519", "#1b1e24", "#0d0f12")}
"""Paper, surface and sunken of each theme, on which a city's accent must be legible."""


def palette_errors(theme: str, tokens: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a city's colours for one theme: token → what to change."""
    errors = {
        name: f"'{value}' is not a colour like #015662."
        for name, value in tokens.items()
        if not HEX.fullmatch(str(value).lower())
    }
    errors |= {
        name: f"There is no token '{name}'; a city sets {', '.join(ACCENT_TOKENS)}."
        for name in tokens
        if name not in ACCENT_TOKENS
    }
    errors |= {
        name: f"A {theme} theme with its own colours also needs '{name}'."
        for name in ACCENT_TOKENS
        if name not in tokens
    }
    if errors:
        return errors
    return _contrast_errors(theme, tokens)


def _contrast_errors(theme: str, tokens: Mapping[str, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    pairs = [
        (name, ground, f"the {theme} ground {ground}")
        for name in ("accent", "accent-strong")
        for ground in GROUNDS[theme]
    ]
    pairs += [
        ("on-accent", tokens["accent"], "accent"),
        ("on-accent", tokens["accent-strong"], "accent-strong"),
        ("accent-strong", tokens["accent-soft"], "accent-soft"),
        ("accent", tokens["accent-soft"], "accent-soft"),
    ]
    for name, against, where in pairs:
        found = contrast(tokens[name], against)
        if found < ENOUGH and name not in errors:
            remedy = "darker" if luminance(tokens[name]) < luminance(against) else "lighter"
            errors[name] = (
                f"{tokens[name]} on {where} has a contrast of {found:.2f}; it needs {ENOUGH}. "
                f"Choose a {remedy} colour."
            )
    return errors


def tokens_css(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """The city's stylesheet: its accent in both themes, outside every layer so that it wins."""

    def block(tokens: Mapping[str, str]) -> str:
        return "".join(f"--{name}:{tokens[name]};" for name in ACCENT_TOKENS if name in tokens)

    if not light and not dark:
        return ""
    return (
        f":root{{{block(light)}}}"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{block(dark)}}}}}'
        f':root[data-theme="dark"]{{{block(dark)}}}'
    )

"""Colours: every pair that carries words is legible, and states stay apart without colour."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.pages.assets import STATIC
from backend.core.pages.look import (
    ACCENT_TOKENS,
    ENOUGH,
    GROUNDS,
    contrast,
    lightness,
    palette_errors,
    tokens_css,
)

TOKENS = (STATIC.parent / "client" / "_tokens.css").read_text(encoding="utf-8")
HUES = ("waiting", "closed", "new", "done", "busy")
GROUND_NAMES = ("paper", "surface", "sunken")


def palette(theme: str) -> dict[str, str]:
    """The colours of one theme as the style sheet has them."""
    dark = re.search(r"/\* dark:start \*/(.*?)/\* dark:end \*/", TOKENS, re.DOTALL)
    assert dark
    text = dark[1] if theme == "dark" else TOKENS[: dark.start()]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_are_legible_on_every_ground(theme: str) -> None:
    colours = palette(theme)
    words = ["ink", "muted", "accent", "accent-strong", "danger"]
    pairs = [(word, ground) for word in words for ground in GROUND_NAMES]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("danger", "danger-soft")]
    pairs += [("ink", soft) for soft in ("accent-soft", "danger-soft", "status-busy-soft")]
    pairs += [("accent", "accent-soft"), ("accent-strong", "accent-soft"), ("paper", "danger")]
    pairs += [(f"status-{hue}", f"status-{hue}-soft") for hue in HUES]
    pairs += [(f"status-{hue}", ground) for hue in HUES for ground in GROUND_NAMES[:2]]
    pairs += [(f"status-{hue}", "accent-soft") for hue in HUES]
    pairs += [("muted", "accent-soft"), ("muted", "map-land")]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: found for pair, found in weak.items() if found < ENOUGH} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_fields_and_pins_can_be_seen(theme: str) -> None:
    colours = palette(theme)
    pairs = [("line-strong", ground) for ground in GROUND_NAMES]
    pairs += [("accent", "map-land"), *((f"status-{hue}", "map-land") for hue in HUES)]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: found for pair, found in weak.items() if found < 3} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_states_differ_in_lightness(theme: str) -> None:
    colours = palette(theme)
    levels = sorted(lightness(colours[f"status-{hue}"]) for hue in HUES)
    assert all(later - earlier >= 3 for earlier, later in itertools.pairwise(levels))


def test_both_themes_name_the_same_colours() -> None:
    assert palette("light").keys() == palette("dark").keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_city_is_measured_against_the_grounds_of_the_style_sheet(theme: str) -> None:
    colours = palette(theme)
    assert GROUNDS[theme] == tuple(colours[name] for name in GROUND_NAMES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_our_own_accent_passes_the_city_check(theme: str) -> None:
    colours = palette(theme)
    assert palette_errors(theme, {name: colours[name] for name in ACCENT_TOKENS}) == {}


def test_a_pale_accent_is_refused_with_its_remedy() -> None:
    pale = {
        "accent": "#7fcddd",
        "accent-strong": "#023f49",
        "accent-soft": "#e3f0f1",
        "on-accent": "#ffffff",
    }
    errors = palette_errors("light", pale)
    assert "darker" in errors["accent"]
    assert "4.5" in errors["accent"]


def test_misspelt_and_missing_tokens_are_named() -> None:
    errors = palette_errors("light", {"acent": "#015662", "accent": "petrol"})
    assert set(errors) == {"acent", "accent", "accent-strong", "accent-soft", "on-accent"}


def test_a_city_without_colours_of_its_own_needs_no_style_sheet() -> None:
    assert tokens_css({}, {}) == ""


@given(
    st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
)
def test_contrast_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001

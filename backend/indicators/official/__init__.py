"""Official figures coming in: files of statistical offices, read without losing their flags."""

from backend.indicators.official.reading import FORMS, Observation, read_observations
from backend.indicators.official.rules import Figure, Rule, figures_of, read_rules

__all__ = [
    "FORMS",
    "Figure",
    "Observation",
    "Rule",
    "figures_of",
    "read_observations",
    "read_rules",
]

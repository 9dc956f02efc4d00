"""Who takes part, how alike the city they are, and how the city answers them."""

from __future__ import annotations

from ml.indicators.participation.bootstrap import intervals
from ml.indicators.participation.measures import Events, measure
from ml.indicators.participation.reading import read_events
from ml.indicators.participation.survival import Survival, log_rank

__all__ = ["Events", "Survival", "intervals", "log_rank", "measure", "read_events"]

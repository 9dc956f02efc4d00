"""Computing a period: reads the rooms below through their queries and gives back plain values."""

from backend.indicators.computing.period import Computed, compute_period
from backend.indicators.computing.values import Value

__all__ = ["Computed", "Value", "compute_period"]

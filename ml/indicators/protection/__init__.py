"""No published statistic tells of a few people: suppression, rounding, the gate, the audit."""

from __future__ import annotations

from ml.indicators.protection.audit import attacker_intervals, recoverable
from ml.indicators.protection.gate import INSIDE, PUBLIC, Figure, Gate, ProtectedTable
from ml.indicators.protection.release import ReleaseGrid, cell_noise, record_key
from ml.indicators.protection.suppression import Suppression, protect
from ml.indicators.protection.table import CountTable

__all__ = [
    "INSIDE",
    "PUBLIC",
    "CountTable",
    "Figure",
    "Gate",
    "ProtectedTable",
    "ReleaseGrid",
    "Suppression",
    "attacker_intervals",
    "cell_noise",
    "protect",
    "record_key",
    "recoverable",
]

"""How many kinds of people or things there are, and how evenly."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ml.indicators.panel import Floats


def diversity(counts: Sequence[float] | Floats) -> dict[str, float | None]:
    """Shannon's entropy in nats, Pielou's evenness, Gini and Simpson's index, Hill's number.

    Pielou's evenness is over the groups that occur; it has no value for one group alone. The
    unbiased index is the chance that two different people are of different groups.

    Examples
    --------
    >>> found = diversity([5, 5])
    >>> found["pielou"], found["gini_simpson"], round(found["hill1"], 12)
    (1.0, 0.5, 2.0)
    """
    n = np.asarray(counts, dtype=float)
    n = n[n > 0]
    total = float(n.sum())
    if not total:
        return dict.fromkeys(
            ("shannon", "pielou", "gini_simpson", "unbiased_gini_simpson", "hill1")
        )
    p = n / total
    entropy = max(0.0, float(-(p * np.log(p)).sum()))
    same = float((n * (n - 1)).sum())
    return {
        "shannon": entropy,
        "pielou": entropy / math.log(len(n)) if len(n) > 1 else None,
        "gini_simpson": 1.0 - float((p**2).sum()),
        "unbiased_gini_simpson": 1.0 - same / (total * (total - 1)) if total > 1 else None,
        "hill1": math.exp(entropy),
    }

"""What monitoring reads of the model."""

from datetime import timedelta

from prometheus_client import Gauge
from sqlalchemy.orm import Session

from backend.classification.queries import last_watch, rates_by
from backend.classification.running import running_model
from backend.core.clock import utcnow

STRETCH = timedelta(days=30)
MODEL = Gauge("vox_model_info", "The model that serves", ["version"])
DRIFT = Gauge("vox_model_drift", "Population stability since the month before", ["what"])
SUGGESTIONS = Gauge("vox_model_suggestions", "Suggestions of 30 days", ["by", "name"])
UNSURE = Gauge("vox_model_unsure", "Of them the model was unsure", ["by", "name"])
DECISIONS = Gauge("vox_model_decisions", "Of them people have decided", ["by", "name"])
OVERRIDDEN = Gauge("vox_model_overridden", "Of them against the model", ["by", "name"])


def read_into_metrics(session: Session) -> None:
    """Write the model's gauges: version, drift, how often unsure and overridden, by whom."""
    MODEL.clear()
    MODEL.labels(running_model(session).version).set(1)
    seen = last_watch(session)
    if seen is not None and seen["drift"]["level"] != "too few":
        for name in ("classes", "confidence", "unseen"):
            DRIFT.labels(name).set(seen["drift"][name])
    since = utcnow() - STRETCH
    gauges = ((SUGGESTIONS, "suggestions"), (UNSURE, "unsure"), (DECISIONS, "decisions"),
              (OVERRIDDEN, "overridden"))  # fmt: skip
    for gauge, _ in gauges:
        gauge.clear()
    for by in ("service", "language", "district"):
        for row in rates_by(session, by, since):
            for gauge, column in gauges:
                gauge.labels(by, row["name"] or "none").set(row[column])

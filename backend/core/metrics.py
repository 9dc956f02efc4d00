"""What an operator's monitoring reads at /metrics."""

from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.orm import Session

REQUESTS = Counter("vox_requests_total", "Requests answered", ["method", "endpoint", "status"])
SECONDS = Histogram(
    "vox_request_seconds",
    "Time to answer",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
JOBS_DONE = Counter("vox_job_runs_total", "Jobs run", ["job", "outcome"])
JOBS_SECONDS = Histogram("vox_job_seconds", "Time a job took", ["job"])
JOBS = Gauge("vox_jobs", "Jobs by state", ["state"])
LIMITED = Counter("vox_limited_total", "Requests refused by a limit", ["limit"])
DEGRADED = Counter("vox_degraded_total", "Times something outside did not answer", ["what"])

_readings: list[Callable[[Session], None]] = []


def register_reading(reading: Callable[[Session], None]) -> None:
    """Have a room write its gauges whenever /metrics is read."""
    if reading not in _readings:
        _readings.append(reading)


def take_readings(session: Session) -> None:
    """Ask every room for its gauges."""
    for reading in _readings:
        reading(session)

"""Limits on how often somebody may do something; shared by all workers through Redis."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog
from flask import Flask, Response, g, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.metrics import DEGRADED, LIMITED
from backend.core.problems import TooMany
from backend.core.settings import Settings

log = structlog.get_logger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

RETRY_SHARED_AFTER = 10.0


class Limiter:
    """Counts in the shared store; while that is away, in this process at half the allowance."""

    def __init__(self, settings: Settings) -> None:
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        self._away_until = 0.0
        if settings.redis_url:
            store: Storage = RedisStorage(
                settings.redis_url,
                socket_timeout=0.5,
                socket_connect_timeout=0.5,
                key_prefix="vox-limits",
            )
            self._shared = FixedWindowRateLimiter(store)

    def hit(self, item: RateLimitItem, *keys: str) -> tuple[bool, int, float]:
        """Count one use: whether it is within the limit, what remains, and when it resets."""
        if self._shared and time.monotonic() >= self._away_until:
            try:
                return self._count(self._shared, item, keys)
            except Exception as error:
                self._away_until = time.monotonic() + RETRY_SHARED_AFTER
                DEGRADED.labels("limits").inc()
                log.warning("limits_store_away", error=type(error).__name__)
        if self._shared:
            half = type(item)(max(1, item.amount // 2), item.multiples, namespace="half")
            return self._count(self._local, half, keys)
        return self._count(self._local, item, keys)

    @staticmethod
    def _count(
        limiter: FixedWindowRateLimiter, item: RateLimitItem, keys: tuple[str, ...]
    ) -> tuple[bool, int, float]:
        allowed = limiter.hit(item, *keys)
        stats = limiter.get_window_stats(item, *keys)
        return allowed, stats.remaining, stats.reset_time


def sender_key() -> str:
    """Who is counted: the account, else a keyed hash of the network that changes every day."""
    actor = current_actor()
    if not actor.is_anonymous:
        return actor.key
    address = request.remote_addr or "?"
    network = address.rsplit(".", 1)[0] if "." in address else ":".join(address.split(":")[:4])
    return keyring().mac(f"{utcnow():%Y-%m-%d} {network}", "limits")[:24]


def check_limit(name: str, allowance: str, key: str | None = None) -> None:
    """Count one use of a named limit, for example '10 per minute'; TooMany when it is over."""
    from flask import current_app

    limiter: Limiter = current_app.extensions["vox-limiter"]
    item = parse(allowance)
    allowed, remaining, reset = limiter.hit(item, name, key or sender_key())
    seconds = max(1, int(reset - time.time()) + 1)
    window = item.get_expiry()
    g.limit_headers = {
        "RateLimit-Policy": f'"{name}";q={item.amount};w={window}',
        "RateLimit": f'"{name}";r={max(0, remaining)};t={seconds}',
    }
    if not allowed:
        LIMITED.labels(name).inc()
        raise TooMany(headers={"Retry-After": str(seconds)}, extra={"violated-policies": [name]})


def limit(name: str, allowance: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view with a limit per sender."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def limited(*args: P.args, **kwargs: P.kwargs) -> R:
            check_limit(name, allowance)
            return view(*args, **kwargs)

        return limited

    return mark


def _add_headers(response: Response) -> Response:
    for name, value in getattr(g, "limit_headers", {}).items():
        response.headers[name] = value
    return response


def init_limits(app: Flask, settings: Settings) -> None:
    """Make the limiter of this application."""
    app.extensions["vox-limiter"] = Limiter(settings)
    app.after_request(_add_headers)

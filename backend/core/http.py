"""The edge: one transaction per request, request ids, security headers on every answer."""

import os
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import structlog
from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import get_host

from backend.core import metrics
from backend.core.db import db, reading
from backend.core.problems import Forbidden
from backend.core.settings import Settings

log = structlog.get_logger("request")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
REQUEST_ID = "vox.request_id"
csrf = CSRFProtect()
Headers = list[tuple[str, str]]


def csp(nonce: str = "") -> str:
    """The content security policy: everything from here, nothing inline without the nonce."""
    inline = f" 'nonce-{nonce}'" if nonce else ""
    return (
        "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
        f"script-src 'self'{inline}; style-src 'self'{inline}; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self'; form-action 'self'"
    )


ON_EVERY_ANSWER: tuple[tuple[str, str, str], ...] = tuple(
    (name.lower(), name, value)
    for name, value in (
        ("Content-Security-Policy", csp()),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()"),
        ("X-Frame-Options", "DENY"),
        ("Cache-Control", "no-store"),
    )
)
TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def hardened(headers: Headers, request_id: str, *, secure: bool) -> Headers:
    """An answer's headers with those that every answer carries; what a view has set stands."""
    present = {name.lower() for name, _value in headers}
    headers.extend((name, value) for low, name, value in ON_EVERY_ANSWER if low not in present)
    headers.append(("X-Request-Id", request_id))
    if secure and "strict-transport-security" not in present:
        headers.append(TRANSPORT)
    return headers


class FormSession(SecureCookieSessionInterface):
    """Flask's signed cookie, which only forms use: without one, nothing is unsigned."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie, or an empty one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


@dataclass(frozen=True, slots=True)
class ShortWay:
    """An address that strangers ask for all the time, with what may answer before Flask does.

    It is only asked for GET without a cookie and without a token, where nobody can be signed in;
    None sends the request on the usual way, whose answer has to be the same.
    """

    endpoint: str
    answer: Callable[[dict[str, Any]], tuple[Headers, bytes] | None]


class VoxFlask(Flask):
    """Flask with the house's edge: safe methods read, others commit once when all went well."""

    session_interface = FormSession()
    short_ways: dict[str, ShortWay]

    def wsgi_app(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer with the headers that protect, whatever made the answer."""
        request_id = environ[REQUEST_ID] = os.urandom(8).hex()
        secure = environ.get("wsgi.url_scheme") == "https"

        def start(status: str, headers: Headers, *error: Any) -> Any:
            return start_response(status, hardened(headers, request_id, secure=secure), *error)

        way = self.short_ways.get(environ["PATH_INFO"])
        if way is not None and self._is_a_strangers(environ):
            started = time.perf_counter()
            answer = way.answer(environ)
            if answer is not None:
                start("200 OK", answer[0])
                count_request("GET", way.endpoint, 200, time.perf_counter() - started)
                return [answer[1]]
        return super().wsgi_app(environ, start)  # type: ignore[arg-type]

    def _is_a_strangers(self, environ: dict[str, Any]) -> bool:
        """Whether nobody can be signed in, and the host is one of ours."""
        if (
            environ["REQUEST_METHOD"] != "GET"
            or "HTTP_COOKIE" in environ
            or "HTTP_AUTHORIZATION" in environ
        ):
            return False
        trusted = self.config["TRUSTED_HOSTS"]
        try:
            return not trusted or bool(get_host(environ, trusted))
        except HTTPException:
            return False

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view of the house is asynchronous, so none is looked at."""
        return func

    def full_dispatch_request(self) -> Response:
        """Run a request in one transaction of the right kind."""
        with reading(request.method in SAFE):
            return super().full_dispatch_request()

    def dispatch_request(self) -> Any:
        """Answer, then commit: what is acknowledged is durable."""
        answer = super().dispatch_request()
        if request.method not in SAFE:
            db.session.commit()
        return answer


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = request.environ.get(REQUEST_ID, "")
    g.csp_nonce = secrets.token_urlsafe(18)


def _protect() -> None:
    """Refuse a foreign site's request that rides on a cookie; a bearer token needs no such care."""
    if request.method in SAFE or request.headers.get("Authorization"):
        return
    if request.path.startswith("/open311/"):
        return  # no cookie counts there: who sends is known by a key, from any site's pages
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Forbidden()
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin.split("://", 1)[-1] != request.host:
        raise Forbidden()
    if not request.path.startswith("/api/"):
        csrf.protect()


def _allow_own_scripts(response: Response) -> Response:
    """A page may run what carries its nonce; nothing else knows of one."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", csp(g.get("csp_nonce", "")))
    return response


_counters: dict[tuple[str, str, int], Any] = {}
_timers: dict[str, Any] = {}


def count_request(method: str, endpoint: str, status: int, seconds: float) -> None:
    """Count an answer and its time for monitoring."""
    key = (method, endpoint, status)
    counter = _counters.get(key)
    if counter is None:
        counter = _counters[key] = metrics.REQUESTS.labels(*key)
    counter.inc()
    timer = _timers.get(endpoint)
    if timer is None:
        timer = _timers[endpoint] = metrics.SECONDS.labels(endpoint)
    timer.observe(seconds)


def _measure(response: Response) -> Response:
    method = request.method if request.method in METHODS else "other"
    count_request(method, request.endpoint or "unknown", response.status_code, _seconds())
    return response


def _seconds() -> float:
    now = time.perf_counter()
    return now - float(g.get("started", now))


def _log(response: Response) -> Response:
    log.debug(
        "request",
        method=request.method,
        endpoint=request.endpoint or "unknown",
        status=response.status_code,
        ms=round(_seconds() * 1000, 1),
    )
    return response


def shorten(app: Flask, path: str, way: ShortWay) -> None:
    """Let strangers' requests for an address be answered the short way, which logs nothing."""
    settings: Settings = app.config["VOX"]
    if settings.log_level.lower() != "debug":
        cast("VoxFlask", app).short_ways[path] = way


def init_http(app: Flask, settings: Settings) -> None:
    """Put the edge around the application."""
    cast("VoxFlask", app).short_ways = {}
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_NAME="__Host-vox_form"
        if settings.base_url.startswith("https")
        else "vox_form",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.proxy_count:
        n = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_begin)
    app.before_request(_protect)
    app.after_request(_allow_own_scripts)
    app.after_request(_measure)
    if settings.log_level.lower() == "debug":
        app.after_request(_log)

"""What browsers and robots ask for: colours, ground of the maps, manifest, worker, robots."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for

from backend.city import queries as city
from backend.core.clock import rfc3339, utcnow
from backend.core.db import db
from backend.core.fastjson import dumps
from backend.core.i18n import _, current_language
from backend.core.pages.assets import STATIC, asset, has_asset, manifest
from backend.core.policy import requires
from backend.core.settings import current_settings
from backend.web import appearance, ground
from backend.web.blueprint import blueprint

YEAR = 365 * 24 * 3600
DESK = "desk.css"


def kept(body: bytes | str, mimetype: str, seconds: int = 3600) -> Response:
    """A file that anyone may keep: for a year when its address names its version."""
    response = Response(body, mimetype=mimetype)
    lasting = "v" in request.args
    seconds = YEAR if lasting else seconds
    response.headers["Cache-Control"] = f"public, max-age={seconds}" + (
        ", immutable" if lasting else ""
    )
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/city.css")
@requires("page.read")
def city_css() -> Response:
    """The city's colours."""
    return kept(appearance.city_css(city.facts(db.session())), "text/css")


@blueprint.get("/map/base.json")
@requires("page.read")
def base_geojson() -> Response:
    """Water, parks and streets."""
    plain, small = ground.base_map(db.session())
    zipped = request.accept_encodings["gzip"] > 0
    response = kept(small if zipped else plain, "application/geo+json")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


@blueprint.get("/map/districts.json")
@requires("page.read")
def districts_geojson() -> Response:
    """The districts with their names."""
    response = kept(ground.districts_map(db.session(), current_language()), "application/geo+json")
    response.vary.update(["Accept-Language", "Cookie"])
    return response


@blueprint.get("/places.json")
@requires("page.read")
def places_json() -> Response:
    """Addresses that words may mean, for the field that asks for a place."""
    from backend.core.limits import check_limit
    from backend.web import places

    check_limit("addresses", "240 per minute")
    words = request.args.get("q", "")[:200]
    found = places.search(db.session(), words, 5) if words.strip() else []
    return _unkept([{"label": p.label, "lat": p.lat, "lon": p.lon} for p in found])


@blueprint.get("/places/nearest.json")
@requires("page.read")
def nearest_json() -> Response:
    """The address at a place, and whether it lies in the city."""
    from backend.core.limits import check_limit
    from backend.web import places

    check_limit("addresses", "240 per minute")
    lon = places.number(request.args.get("lon"), 180)
    lat = places.number(request.args.get("lat"), 90)
    if lon is None or lat is None:
        return _unkept({"label": None, "inside": None})
    session = db.session()
    inside = city.inside_city(session, lon, lat)
    label = places.address_at(session, lon, lat) if inside else None
    return _unkept({"label": label, "inside": inside})


def _unkept(value: Any) -> Response:
    response = Response(dumps(value), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/manifest.webmanifest")
@requires("page.read")
def web_manifest() -> Response:
    """How the city's service is put on a phone's first screen."""
    look = appearance.city_look()
    icons = [{"src": asset("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    for size in (192, 512):
        name = f"web/icon-{size}.png"
        if has_asset(name):
            icons.append({
                "src": asset(name), "sizes": f"{size}x{size}", "type": "image/png",
                "purpose": "any maskable",
            })  # fmt: skip
    body = {
        "id": "/",
        "name": _("%(city)s: the voice of the city", city=look.name),
        "short_name": look.name,
        "lang": current_language(),
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fbfaf7",
        "theme_color": look.theme_colour,
        "icons": icons,
        "shortcuts": [
            {"name": _("Report something"), "url": url_for("web.report")},
            {"name": _("Map"), "url": url_for("web.report_map")},
        ],
    }
    response = kept(dumps(body), "application/manifest+json", 600)
    response.vary.update(["Accept-Language", "Cookie"])
    return response


@blueprint.get("/sw.js")
@requires("page.read")
def service_worker() -> Response:
    """The worker that keeps the pages for the way and sends what waits; new with every build."""
    name = manifest().get("web/offline-worker.js")
    path = STATIC / name if name else None
    body = path.read_text(encoding="utf-8") if path and path.is_file() else "// not built\n"
    settings = dumps({"version": _version(), "language": current_language(), **_kept_files()})
    response = Response(f"self.VOX={settings.decode()};\n{body}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    response.vary.update(["Accept-Language", "Cookie"])
    response.add_etag()
    response.make_conditional(request)
    return response


def _kept_files() -> dict[str, list[str]]:
    """What a phone keeps: the pages that work without a network, and all that they are made of."""
    ours = [name for name in manifest() if name.startswith(("web/", "chunks/")) or "/" not in name]
    files = [asset(name) for name in ours if name.endswith((".js", ".css")) and name != DESK]
    files += [
        asset(name) for name in ("fonts/latin.woff2", "fonts/latin-ext.woff2") if has_asset(name)
    ]
    ground_of_map = ground.map_place(db.session())
    data = [url_for("web.city_css"), ground_of_map["base_url"], ground_of_map["districts_url"]]
    return {
        "pages": [url_for(f"web.{page}") for page in ("offline", "quick_report", "outbox")],
        "files": [f for f in files if "offline-worker" not in f],
        "data": [address for address in data if address],
    }


def _version() -> str:
    """A name for what is kept: it changes with the build, the language and the city's pack."""
    import hashlib

    names = [f"{k}={v}" for k, v in sorted(manifest().items())]
    names += [current_language(), str(city.facts(db.session()).stamp)]
    return hashlib.sha256("|".join(names).encode()).hexdigest()[:12]


@blueprint.get("/robots.txt")
@requires("page.read")
def robots() -> Response:
    """What robots may read: the public pages, nothing private and no endless lists."""
    closed = ("/r/", "/mine", "/account", "/sign-in", "/console/", "/report/", "/outbox", "/api/",
              "/unsubscribe/", "/*?cursor=")  # fmt: skip
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return kept("\n".join(lines) + "\n", "text/plain")


@blueprint.get("/.well-known/security.txt")
@requires("page.read")
def security_txt() -> Response:
    """Whom to tell of a weakness (RFC 9116)."""
    contact = dict(city.facts(db.session()).profile.get("contact") or {})
    base = current_settings().base_url
    # To the day: who asks again is told that nothing has changed.
    until = (utcnow() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    where = f"mailto:{contact['email']}" if contact.get("email") else f"{base}/contact"
    lines = [
        f"Contact: {where}",
        f"Expires: {rfc3339(until)}",
        f"Preferred-Languages: {', '.join(city.facts(db.session()).languages)}",
        f"Canonical: {base}/.well-known/security.txt",
        f"Policy: {base}/contact#security",
    ]
    return kept("\n".join(lines) + "\n", "text/plain", 86_400)

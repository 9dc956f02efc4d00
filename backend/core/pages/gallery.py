"""Every component in every state: for the eye, for screenshots, for axe; in development only."""

from datetime import timedelta

from flask import Blueprint, abort, render_template, request, url_for
from flask.wrappers import Response

from backend.core.clock import utcnow
from backend.core.pages.look import NavItem
from backend.core.policy import EVERYONE, PolicyTable, requires
from backend.core.problems import problem_for

policy = PolicyTable("pages.gallery")
policy.allow("pages.gallery", {"any": EVERYONE})

gallery = Blueprint("gallery", __name__, url_prefix="/gallery")

SHEETS = ("page", "forms", "desk", "empty", "problem", "offline", "map")

RAIL = (
    NavItem("", "Reports"),
    NavItem("/gallery/desk", "Inbox", "inbox", badge=128),
    NavItem("/gallery/desk/mine", "Mine", "user", badge=7),
    NavItem("/gallery/desk/unsure", "Unsure", "circle-help", badge=14),
    NavItem("/gallery/desk/overdue", "Overdue", "clock", badge=3, badge_strong=True),
    NavItem("/gallery/desk/map", "Map", "map"),
    NavItem("", "City hall"),
    NavItem("/gallery/desk/dashboard", "Dashboard", "layout-dashboard"),
    NavItem("/gallery/desk/people", "People", "users"),
    NavItem("/gallery/desk/settings", "Settings", "settings"),
)


def samples() -> dict[str, object]:
    """Invented things of an invented city, enough to fill each component."""
    now = utcnow()
    reports = [
        (
            "Street light out beside the playground",
            "Street lighting · Oude Haven",
            "new",
            "Received",
            0.1,
        ),
        (
            "Deep pothole on the bridge towards Lindenhof, cyclists swerve into the traffic",
            "Roads · Lindenhof",
            "busy",
            "In progress",
            1.2,
        ),
        (
            "Glass container overflowing since Monday",
            "Waste · Piața Nouă",
            "waiting",
            "Waiting for you",
            3.0,
        ),
        ("Bench repaired, thank you!", "Parks · Vissersbuurt", "done", "Resolved", 8.0),
        (
            "Noise from the motorway at night",
            "Noise · Molenwijk",
            "closed",
            "Not ours: forwarded",
            21.0,
        ),
    ]
    return {
        "now": now,
        "reports": [
            {
                "id": f"r{i}",
                "title": title,
                "meta": (meta,),
                "hue": hue,
                "status": status,
                "when": now - timedelta(days=days),
            }
            for i, (title, meta, hue, status, days) in enumerate(reports)
        ],
        "ago": lambda **span: now - timedelta(**span),
    }


def point(lon: float, lat: float) -> dict[str, object]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [lon, lat]}


@gallery.get("/")
@gallery.get("/<sheet>")
@requires("pages.gallery")
def show(sheet: str = "page") -> str | tuple[str, int]:
    """One sheet of the gallery."""
    if sheet not in SHEETS:
        abort(404)
    if sheet == "problem":
        return render_template("problem.html", problem=problem_for(404), request_id="01J9X3"), 404
    if sheet == "offline":
        return render_template("offline.html")
    return render_template(
        f"gallery/{sheet}.html", errors_shown="errors" in request.args, **samples()
    )


@gallery.get("/things.json")
@requires("pages.gallery")
def things() -> dict[str, object]:
    """Points for the sample map: a few alone, some together, one cluster of the server's."""
    hues = ("new", "busy", "waiting", "done", "closed")
    features = [
        {
            "type": "Feature",
            "geometry": point(4.30 + (i * 37 % 100) / 1500, 52.00 + (i * 61 % 100) / 2500),
            "properties": {
                "id": f"r{i}",
                "title": f"Sample report {i + 1}",
                "href": url_for("gallery.show", sheet="page"),
                "hue": hues[i % 5],
                "status": hues[i % 5],
                "count": 240 if i == 13 else 1,
            },
        }
        for i in range(26)
    ]
    return {"type": "FeatureCollection", "features": features}


@gallery.get("/districts.json")
@requires("pages.gallery")
def districts() -> dict[str, object]:
    """Two by three districts, water and streets, drawn with a ruler."""
    names = ("Oude Haven", "Lindenhof", "Piața Nouă", "Vissersbuurt", "Molenwijk", "Zuiderpark")
    features = []
    for i, name in enumerate(names):
        west, south = 4.292 + (i % 3) * 0.027, 51.996 + (i // 3) * 0.024
        ring = [
            [west, south],
            [west + 0.027, south + 0.003 * (i % 2)],
            [west + 0.027, south + 0.024],
            [west, south + 0.024],
            [west, south],
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


@gallery.get("/base.json")
@requires("pages.gallery")
def base() -> dict[str, object]:
    """Water, a park and a grid of streets."""

    def feature(kind: str, shape: str, coordinates: object, **more: str) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": {"kind": kind, **more},
            "geometry": {"type": shape, "coordinates": coordinates},
        }

    river = [
        [4.285, 52.02],
        [4.31, 52.017],
        [4.33, 52.024],
        [4.38, 52.021],
        [4.38, 52.0245],
        [4.33, 52.0275],
        [4.31, 52.0205],
        [4.285, 52.0235],
        [4.285, 52.02],
    ]
    park = [[4.322, 52.004], [4.336, 52.003], [4.339, 52.011], [4.326, 52.012], [4.322, 52.004]]
    features = [feature("water", "Polygon", [river]), feature("park", "Polygon", [park])]
    for i in range(18):
        lon, lat = 4.292 + i * 0.0046, 51.996 + i * 0.0027
        rank = "primary" if i % 5 == 2 else "residential"
        features.append(
            feature(
                "street", "LineString", [[lon, 51.995], [lon + 0.002, 52.045]], **{"class": rank}
            )
        )
        features.append(
            feature("street", "LineString", [[4.288, lat], [4.376, lat + 0.002]], **{"class": rank})
        )
    return {"type": "FeatureCollection", "features": features}


@gallery.get("/photo/<int:number>.svg")
@requires("pages.gallery")
def photo(number: int) -> Response:
    """A drawn stand-in for a photo."""
    hues = (205, 32, 140, 265, 12)
    hue = hues[number % len(hues)]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" '
        'preserveAspectRatio="xMidYMid slice">'
        f'<rect width="400" height="300" fill="hsl({hue} 34% 78%)"/>'
        f'<path d="M0 190 90 140l60 34 90-70 160 96v110H0z" fill="hsl({hue} 26% 56%)"/>'
        f'<path d="M0 240h400v60H0z" fill="hsl({hue} 18% 38%)"/>'
        f'<circle cx="310" cy="70" r="28" fill="hsl({hue + 20} 70% 92%)"/></svg>'
    )
    return Response(svg, mimetype="image/svg+xml")


@gallery.post("/<sheet>")
@requires("pages.gallery")
def send(sheet: str) -> str | tuple[str, int]:
    """Forms of the gallery lead back to it."""
    return show(sheet if sheet in SHEETS else "page")

"""Pages: frames, components, built assets and formats that every room's pages share."""

import itertools

from flask import Blueprint, Flask, g, has_request_context
from flask.wrappers import Response
from markupsafe import Markup

from backend.core.ids import spoken_id
from backend.core.pages import formats, shell
from backend.core.pages.assets import asset, has_asset, icons, static_file
from backend.core.pages.components import Components
from backend.core.pages.forms import once_field
from backend.core.pages.look import CityLook, NavItem
from backend.core.pages.shell import set_city_look, set_navigation
from backend.core.policy import EVERYONE, PolicyTable, requires

__all__ = ["CityLook", "NavItem", "asset", "init_app", "set_city_look", "set_navigation"]

policy = PolicyTable("pages")
policy.allow("pages.static", {"any": EVERYONE})

TURNING = frozenset(
    (
        "arrow-left",
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "forward",
        "list",
        "log-in",
        "log-out",
        "reply",
        "send",
        "undo-2",
    )
)
"""Icons that point along the direction of reading."""


def icon(name: str, title: str | None = None) -> Markup:
    """An icon, drawn in place; silent beside its word, named by its title when alone."""
    turns = " icon--turns" if name in TURNING else ""
    label = (
        Markup('role="img" aria-label="{}"').format(title)
        if title
        else Markup('aria-hidden="true"')
    )
    return Markup('<svg class="icon{}" viewBox="0 0 24 24" {} focusable="false">{}</svg>').format(
        turns,
        label,
        Markup(icons()[name]),  # noqa: S704 - our own file, made from the package by the build
    )


def csrf_field() -> Markup:
    """The hidden field that proves a form came from our own page."""
    from flask_wtf.csrf import generate_csrf

    if not has_request_context():
        return Markup("")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def unique_id(stem: str) -> str:
    """An id that is used once on the page, for labels and descriptions."""
    if "pages_ids" not in g:
        g.pages_ids = itertools.count(1)
    return f"{stem}-{next(g.pages_ids)}"


blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.get("/static/<path:filename>", endpoint="static")
@requires("pages.static")
def _static(filename: str) -> Response:
    """A file of the design system or of a room's browser part."""
    return static_file(filename)


def init_app(app: Flask) -> None:
    """Give every template the frame, the components, the formats and the assets."""
    shell.shell_of(app)
    app.register_blueprint(blueprint)
    app.after_request(shell.remember_choices)
    app.jinja_env.globals.update(
        asset=asset,
        has_asset=has_asset,
        city_look=shell.city_look,
        csp_nonce=shell.csp_nonce,
        csrf_field=csrf_field,
        direction=shell.direction,
        icon=icon,
        language=shell.language,
        navigation=shell.navigation,
        once_field=once_field,
        spoken_id=spoken_id,
        theme=shell.theme,
        ui=Components(app),
        unique_id=unique_id,
        with_query=shell.with_query,
    )
    app.jinja_env.filters.update(
        date=formats.format_date,
        datetime=formats.format_datetime,
        relative=formats.relative_time,
        time_tag=formats.time_tag,
        number=formats.format_number,
        percent=formats.format_percent,
        distance=formats.format_distance,
    )
    app.jinja_env.globals.update(
        format_date=formats.format_date,
        format_datetime=formats.format_datetime,
        format_number=formats.format_number,
        relative_time=formats.relative_time,
        time_tag=formats.time_tag,
    )
    settings = app.config.get("VOX")
    if app.config.get("PAGES_GALLERY", settings is not None and settings.env == "development"):
        from backend.core.pages.gallery import gallery

        app.register_blueprint(gallery)

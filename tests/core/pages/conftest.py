"""A tiny application with nothing but pages, as every room's templates will meet it."""

import pytest
from flask import Flask, Response, g
from flask.testing import FlaskClient

from backend.core import pages
from backend.core.http import csp
from backend.core.i18n import init_i18n
from backend.core.pages import CityLook, NavItem


def make_app() -> Flask:
    """Pages alone: no database, no rooms."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY="pages-under-test", TESTING=True, PAGES_GALLERY=True, WTF_CSRF_ENABLED=False
    )
    init_i18n(app)

    @app.before_request
    def _nonce() -> None:
        g.csp_nonce = "nonce-under-test"

    @app.after_request
    def _strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = csp(g.csp_nonce)
        return response

    pages.init_app(app)
    pages.set_city_look(
        app,
        lambda: CityLook(
            name="Nieuwhaven",
            service="Voice of the city",
            time_zone="Europe/Amsterdam",
            languages={"en": "English", "nl": "Nederlands", "ro": "Română"},
        ),
    )
    pages.set_navigation(
        app,
        "tabs",
        lambda: (
            NavItem("/gallery/forms", "Report", "megaphone"),
            NavItem("/gallery/map", "Map", "map"),
            NavItem("/gallery/ideas", "Ideas", "lightbulb"),
            NavItem("/gallery/", "Mine", "circle-user", match=("/gallery/page", "/gallery/empty")),
        ),
    )
    pages.set_navigation(
        app,
        "footer",
        lambda: (
            NavItem("/privacy", "Privacy"),
            NavItem("/accessibility", "Accessibility"),
            NavItem("/contact", "Contact"),
            NavItem("/licence", "Licence of the data"),
        ),
    )
    from backend.core.pages.gallery import RAIL

    pages.set_navigation(app, "rail", lambda: RAIL)
    return app


@pytest.fixture
def app() -> Flask:
    """The tiny application."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who reads its pages."""
    return app.test_client()

"""Open311 GeoReport v2 in both directions, webhooks and feeds: a face of the reports."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the endpoint, whose errors have the form that GeoReport asks for."""
    from backend.core.errors import render_errors_below
    from backend.open311 import partners, webhooks
    from backend.open311.answering import PREFIX, render_error
    from backend.open311.desk import desk
    from backend.open311.edge import Forgiving
    from backend.open311.routes import blueprint
    from backend.open311.routes.feeds import blueprint as feeds

    app.wsgi_app = Forgiving(app.wsgi_app)  # type: ignore[method-assign]
    app.register_blueprint(blueprint)
    app.register_blueprint(desk)
    app.register_blueprint(feeds)
    render_errors_below(PREFIX + "/", render_error)
    partners.init_app(app)
    webhooks.init_app(app)

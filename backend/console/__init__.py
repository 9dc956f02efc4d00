"""City hall's desk: inbox, report, telephone intake, and the operator's pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the desk, fill its rail, and lead those who must sign in."""
    from backend.console import routes  # noqa: F401 - the pages register themselves
    from backend.console.answering import init_answers
    from backend.console.blueprint import blueprint
    from backend.console.navigation import init_navigation

    app.register_blueprint(blueprint)
    init_navigation(app)
    init_answers()

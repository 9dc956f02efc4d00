"""The citizen's pages: report, find, follow, answer, sign in; whole without JavaScript."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the pages, fill the frame, and lead those who must sign in."""
    from backend.web import drafts, routes, words  # noqa: F401 - drafts registers its sweep
    from backend.web.answering import init_answers
    from backend.web.blueprint import blueprint
    from backend.web.navigation import init_navigation

    app.jinja_env.globals["status_word"] = words.status_word
    app.jinja_env.filters.update(
        question_choice=lambda value: {"value": value["key"], "label": value["name"]},
        question_pair=lambda value: (value["key"], value["name"]),
    )
    app.register_blueprint(blueprint)
    init_navigation(app)
    init_answers()

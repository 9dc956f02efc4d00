"""What belongs to who is signed in: reports, and the news about them."""

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, NotFound
from backend.notifications.service import mark_read, news_of
from backend.reports import service
from backend.reports.queries import Filters, list_page
from backend.web.blueprint import blueprint

PAGE = 25


@blueprint.get("/mine")
@requires("page.mine")
def mine() -> Response:
    """My reports."""
    return _show()


def _show(errors: dict[str, str] | None = None) -> Response:
    session, actor = db.session(), current_actor()
    cursor = request.args.get("cursor")
    try:
        page = list_page(session, actor, Filters(mine=True), limit=PAGE, cursor=cursor)
    except Invalid:
        cursor = None
        page = list_page(session, actor, Filters(mine=True), limit=PAGE)
    return forms.page(
        "web/mine.html",
        422 if errors else 200,
        errors=errors or {},
        items=page.items(),
        names=page.names(session),
        next_cursor=page.cursor,
        first_page=cursor is None,
        unread=len(news_of(session, actor, unread=True, limit=99)),
    )


@blueprint.post("/mine/claim")
@requires("report.claim")
@limit("claims", "30 per hour")
def claim_report() -> Response:
    """Take a report that was sent without the account among one's own, by its private link."""
    given = request.form.get("link", "")[:300].strip().rstrip("/")
    secret = given.rsplit("/", 1)[-1].split("?")[0]
    try:
        public_id = service.claim(db.session, current_actor(), secret)
    except NotFound:
        return _show({"link": _("This is not a private link of ours. Copy the whole of it.")})
    except Conflict as problem:
        return _show({"link": str(problem.detail)})
    return forms.go(url_for("web.single", report_id=public_id, done="claimed"))


@blueprint.get("/news")
@requires("page.mine")
def news() -> Response:
    """The news about what one follows."""
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < 2**60:
        before = None
    found = news_of(db.session, current_actor(), before=before, limit=PAGE + 1)
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return forms.page("web/news.html", news=found[:PAGE], next_before=more, first=before is None)


@blueprint.post("/news/read")
@requires("news.mark")
def read_news() -> Response:
    """Everything is read."""
    mark_read(db.session, current_actor())
    return forms.go(url_for("web.news"))

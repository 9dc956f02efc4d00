"""What people do on the competition's pages: support, endorse, comment, agree, appeal, follow."""

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Conflict, Forbidden, Invalid
from backend.ideas import queries
from backend.ideas.faces import words
from backend.ideas.service import (
    endorsing,
    feasibility,
    following,
    ideas,
    joining,
    talking,
)
from backend.ideas.service import problems as problem_service
from backend.ideas.service.problems import NewProblem
from backend.web import browsers
from backend.web.blueprint import blueprint
from backend.web.routes.competitions.editions import show_problem
from backend.web.routes.competitions.ideas import show_idea
from backend.web.routes.voices import kept_photos, sent_photos

VOICES = "60 per 10 minutes"
Act = Callable[[], Any]


def _device() -> str | None:
    return browsers.device() if current_actor().is_anonymous else None


def _old_enough() -> bool:
    return request.form.get("old_enough") == "1"


def _on_idea(idea_id: str, act: Act, done: str, *, anchor: str = "") -> Response:
    """Do something on an idea's page; what was wrong is shown there."""
    try:
        act()
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return show_idea(idea_id, forms.messages(problem), **request.form.to_dict())
    return forms.go(url_for("web.idea", idea_id=idea_id, done=done) + anchor)


@blueprint.post("/competitions/editions/<edition_id>/problems")
@requires("problem.outline")
@limit("problems", "20 per day")
def outline_problem(edition_id: str) -> Response:
    """Outline a problem."""
    session, actor = db.session(), current_actor()
    try:
        photos = sent_photos()
        new = NewProblem(
            forms.line("title", 120), forms.text("text", 6000),
            groups=forms.line("groups", 600).split(","), language=current_language(),
            district=request.form.get("district") or None,
            signature=forms.line("signature", 80) or None, photos=kept_photos(photos),
        )  # fmt: skip
        made = problem_service.outline_problem(
            session, actor, edition_id, new, old_enough=_old_enough()
        )
    except (Invalid, Conflict, Forbidden) as problem:
        session.rollback()
        edition = queries.read_edition(session, actor, edition_id)
        items, following_page = queries.problems_page(session, actor, edition_id)
        return forms.page(
            "web/competitions/problems.html", problem.status, edition=edition, items=items,
            next_cursor=following_page, open_kinds={"outline"}, errors=forms.messages(problem),
            **words(),
        )  # fmt: skip
    return forms.go(url_for("web.problem", problem_id=made.public_id, done="outlined"))


@blueprint.post("/competitions/problems/<problem_id>/support")
@requires("problem.support")
@limit("voices", VOICES)
def support_problem(problem_id: str) -> Response:
    """Support a problem, or take that back."""
    try:
        problem_service.support_problem(
            db.session, current_actor(), problem_id, affected=request.form.get("affected") == "1",
            wanted=request.form.get("wanted", "1") == "1", device=_device(),
            old_enough=_old_enough(),
        )  # fmt: skip
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return show_problem(problem_id, forms.messages(problem))
    return forms.go(url_for("web.problem", problem_id=problem_id))


@blueprint.post("/competitions/problems/<problem_id>/evidence")
@requires("problem.bring_evidence")
@limit("evidence", "30 per hour")
def bring_evidence(problem_id: str) -> Response:
    """Bring what shows that a problem is real."""
    try:
        photos = sent_photos()
        problem_service.bring_evidence(
            db.session, current_actor(), problem_id, forms.text("text", 2000),
            link=forms.line("link", 500) or None, photos=kept_photos(photos),
        )  # fmt: skip
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return show_problem(problem_id, forms.messages(problem))
    return forms.go(url_for("web.problem", problem_id=problem_id) + "#evidence")


@blueprint.post("/competitions/ideas/<idea_id>/endorse")
@requires("idea.endorse")
@limit("voices", VOICES)
def endorse_idea(idea_id: str) -> Response:
    """Endorse an idea, or take that back."""
    wanted = request.form.get("wanted", "1") == "1"
    return _on_idea(
        idea_id,
        lambda: endorsing.endorse(
            db.session, current_actor(), idea_id, wanted=wanted, device=_device(),
            old_enough=_old_enough(),
        ),
        "endorsed" if wanted else "unendorsed",
    )  # fmt: skip


@blueprint.post("/competitions/ideas/<idea_id>/carried")
@requires("idea.endorse")
@limit("voices", VOICES)
def keep_endorsement(idea_id: str) -> Response:
    """Say whether an endorsement that was carried along still holds."""
    keep = request.form.get("keep") == "1"
    act = lambda: endorsing.answer_carried(db.session, current_actor(), idea_id, keep=keep)  # noqa: E731
    return _on_idea(idea_id, act, "endorsed" if keep else "unendorsed")


@blueprint.post("/competitions/ideas/<idea_id>/follow")
@requires("idea.follow")
@limit("voices", VOICES)
def follow_idea(idea_id: str) -> Response:
    """Hear of an idea, or no longer."""
    wanted = request.form.get("wanted", "1") == "1"
    act = lambda: endorsing.follow(db.session, current_actor(), idea_id, wanted=wanted)  # noqa: E731
    return _on_idea(idea_id, act, "followed" if wanted else "unfollowed")


@blueprint.post("/competitions/editions/<edition_id>/follow")
@requires("edition.follow")
@limit("voices", VOICES)
def follow_edition(edition_id: str) -> Response:
    """Hear of the calendar of an edition."""
    following.follow_edition(db.session, current_actor(), edition_id)
    return forms.go(url_for("web.edition", edition_id=edition_id, done="followed"))


@blueprint.post("/competitions/ideas/<idea_id>/comments")
@requires("idea.comment")
@limit("comments", "30 per 10 minutes")
def comment_on(idea_id: str) -> Response:
    """Say something about an idea."""

    def act() -> None:
        if forms.first_time(db.session):
            talking.comment(
                db.session, current_actor(), idea_id, forms.text("comment", 4000),
                side=request.form.get("side") or "neutral",
                parent=request.form.get("parent") or None,
                signature=forms.line("signature", 80) or None, language=current_language(),
            )  # fmt: skip

    return _on_idea(idea_id, act, "commented", anchor="#comments")


@blueprint.post("/competitions/ideas/<idea_id>/comments/<comment_id>/judge")
@requires("comment.judge")
@limit("judgements", "120 per minute")
def judge_comment(idea_id: str, comment_id: str) -> Response:
    """Say whether a comment is useful, or that somebody should look at it."""
    value = request.form.get("value", "")

    def act() -> None:
        if value == "flag":
            talking.flag_comment(db.session, current_actor(), comment_id, device=_device())
        elif value == "remove":
            talking.remove_comment(db.session, current_actor(), comment_id)
        else:
            number = {"useful": 1, "useless": -1}.get(value, 0)
            talking.judge_comment(db.session, current_actor(), comment_id, number, device=_device())

    return _on_idea(idea_id, act, "flagged" if value == "flag" else "", anchor=f"#c-{comment_id}")


@blueprint.post("/competitions/ideas/<idea_id>/withdraw")
@requires("idea.withdraw")
def withdraw_idea(idea_id: str) -> Response:
    """Take one's own idea back."""
    reason = forms.text("reason", 2000)
    act = lambda: ideas.withdraw_idea(db.session, current_actor(), idea_id, reason)  # noqa: E731
    return _on_idea(idea_id, act, "withdrawn")


@blueprint.post("/competitions/ideas/<idea_id>/merge")
@requires("idea.join")
def propose_merge(idea_id: str) -> Response:
    """Propose to merge one's idea with another."""

    def act() -> None:
        content = {
            "title": forms.line("title", 120), "summary": forms.line("summary", 300),
            "text": forms.text("text", 12_000),
        }  # fmt: skip
        joining.propose_joining(
            db.session, current_actor(), "merge", [idea_id, forms.line("other", 40)], [content],
            reason=forms.text("reason", 2000),
        )  # fmt: skip

    return _on_idea(idea_id, act, "merge_proposed")


@blueprint.post("/competitions/ideas/<idea_id>/joinings/<joining_id>")
@requires("idea.answer_joining")
def answer_joining(idea_id: str, joining_id: str) -> Response:
    """Agree to a merge or split, or refuse it."""
    agree = request.form.get("agree") == "1"
    reason = forms.text("reason", 2000) or None
    act = lambda: joining.answer_joining(  # noqa: E731
        db.session, current_actor(), joining_id, agree=agree, reason=reason
    )
    return _on_idea(idea_id, act, "answered")


@blueprint.post("/competitions/ideas/<idea_id>/checks/<check_id>/appeal")
@requires("feasibility.appeal")
def appeal(idea_id: str, check_id: str) -> Response:
    """Object to a finding."""
    said = forms.text("appeal", 6000)
    act = lambda: feasibility.appeal(db.session, current_actor(), check_id, said)  # noqa: E731
    return _on_idea(idea_id, act, "appealed", anchor="#checks")


@blueprint.post("/competitions/ideas/<idea_id>/again")
@requires("feasibility.appeal")
def submit_again(idea_id: str) -> Response:
    """Hand an amended idea in again."""
    act = lambda: feasibility.submit_again(db.session, current_actor(), idea_id)  # noqa: E731
    return _on_idea(idea_id, act, "resubmitted", anchor="#checks")

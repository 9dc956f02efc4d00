"""Writing an idea in one flow: saved as one types, checked when it is handed in."""

from typing import Any

from flask import Response, render_template, request, url_for

from backend.city.geocoder import geocoder_for
from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.core.settings import current_settings
from backend.ideas import queries
from backend.ideas.faces import words
from backend.ideas.service import ideas as service
from backend.ideas.service import teams
from backend.web import ground
from backend.web.blueprint import blueprint
from backend.web.routes.voices import kept_photos, sent_photos

LONGEST = {"title": 120, "summary": 300, "text": 12_000, "benefit": 4000, "address": 300}
LINES = 6


@blueprint.post("/competitions/editions/<edition_id>/ideas")
@requires("idea.start")
@limit("ideas", "60 per day")
def start_idea(edition_id: str) -> Response:
    """Start a draft and go on to its form."""
    content = {"problem": request.form["problem"]} if request.form.get("problem") else None
    made = service.start_idea(db.session, current_actor(), edition_id, content)
    return forms.go(url_for("web.write_idea", idea_id=made.public_id))


@blueprint.get("/competitions/editions/<edition_id>/ideas/new")
@requires("idea.start")
def new_idea(edition_id: str) -> Response:
    """Say what is asked, before a draft is started."""
    edition = queries.read_edition(db.session(), current_actor(), edition_id)
    problem = request.args.get("problem", "")
    found = queries.read_problem(db.session(), current_actor(), problem) if problem else None
    return forms.page("web/competitions/new.html", edition=edition, problem=found, **words())


@blueprint.get("/competitions/ideas/<idea_id>/write")
@requires("idea.write")
def write_idea(idea_id: str) -> Response:
    """The form of an idea."""
    return _form(idea_id)


def _form(idea_id: str, problem: Problem | None = None, sent: Any = None) -> Response:
    session, actor = db.session(), current_actor()
    found = queries.read_idea(session, actor, idea_id)
    if not found["is_mine"]:
        raise NotFound()
    edition = queries.read_edition(session, actor, found["edition"])
    problems, _next = queries.problems_page(session, actor, found["edition"], limit=100)
    values = found | (sent or {})
    errors = forms.messages(problem) if problem else {}
    lines = list(values["estimate_lines"] or [])
    text = f"{values['title']} {values['summary']} {values['text']}"
    return forms.page(
        "web/competitions/write.html",
        problem.status if problem else 200,
        idea=values,
        edition=edition,
        problems=[(p["id"], p["title"]) for p in problems],
        lines=lines + [{}] * max(1, min(LINES - len(lines), 3)),
        errors=errors,
        minimum_age=_minimum_age(edition),
        similar=queries.similar_ideas(
            session, actor, found["edition"], text, besides=found["id"], limit=3
        ),
        costs=queries.costs_before(session, actor, found["edition"], text),
        **words(),
        **ground.map_place(session),
    )


def _minimum_age(edition: dict[str, Any]) -> int | None:
    phase = queries.phase_named(edition, "propose")
    found: int | None = phase["who"]["minimum_age"] if phase else None
    return found


def _content() -> dict[str, Any]:
    """What the form of an idea says."""
    said: dict[str, Any] = {
        name: (forms.text if name in ("text", "benefit") else forms.line)(name, most)
        for name, most in LONGEST.items()
    }
    said["signature"] = forms.line("signature", 80) or None
    said["problem"] = request.form.get("problem") or None
    said["is_minor"] = request.form.get("is_minor") == "1"
    said["language"] = current_language()
    said["estimate_lines"] = _lines()
    if not said["estimate_lines"]:
        said["estimate"] = _whole("estimate")
    said |= _place(said["address"])
    return said


def _whole(name: str) -> int | None:
    plain = request.form.get(name, "")[:20].replace(".", "").replace(",", "").replace(" ", "")
    if not plain:
        return None
    if not plain.isdigit():
        raise Invalid(errors={name: _("Write a whole amount, for example 12000.")})
    return int(plain)


def _lines() -> list[dict[str, Any]]:
    found = []
    rows = zip(
        request.form.getlist("what")[:40],
        request.form.getlist("number")[:40],
        request.form.getlist("price")[:40],
        strict=False,
    )
    for what, number, price in rows:
        if not what.strip():
            continue
        try:
            amounts = [float((part[:20] or "0").replace(",", ".")) for part in (number, price)]
        except ValueError as error:
            raise Invalid(errors={"estimate": _("Write numbers into the estimate.")}) from error
        if not all(0 <= n < 1e9 for n in amounts):
            raise Invalid(errors={"estimate": _("Write numbers into the estimate.")})
        found.append({"what": what.strip()[:120], "number": amounts[0], "price": amounts[1]})
    return found


def _place(address: str) -> dict[str, Any]:
    try:
        lat, lon = float(request.form["lat"][:30]), float(request.form["lon"][:30])
        return {"place": (lon, lat)}
    except (KeyError, ValueError):
        pass
    if address:
        geocoder = geocoder_for(db.session(), current_settings(), current_language())
        found = geocoder.search(address, 2)
        if len(found) == 1 and found[0].exact:
            return {"place": (found[0].lon, found[0].lat)}
    return {"place": None, "district": request.form.get("district") or None}


@blueprint.post("/competitions/ideas/<idea_id>/write")
@requires("idea.write")
@limit("idea-save", "120 per minute")
def save_idea(idea_id: str) -> Response:
    """Save what is written; hand it in when that was asked for."""
    actor, do = current_actor(), request.form.get("do", "save")
    content: dict[str, Any] = {}
    try:
        photos = sent_photos()
        content = _content()
        note = forms.line("note", 300) or None
        service.save_idea(
            db.session, actor, idea_id, {**content, "photos": kept_photos(photos)}, note=note
        )
        if do == "propose":
            db.session.flush()
            old_enough = request.form.get("old_enough") == "1"
            with db.session.begin_nested():
                service.propose_idea(db.session, actor, idea_id, old_enough=old_enough)
    except (Invalid, Conflict, Forbidden) as problem:
        if do == "auto":
            return json_response({"saved": False, "errors": forms.messages(problem)}, 422)
        if do != "propose":
            db.session.rollback()
        return _form(idea_id, problem, _as_shown(content) if do != "propose" else None)
    if do == "auto":
        return _saved(idea_id, content)
    if do == "save":
        return forms.go(url_for("web.write_idea", idea_id=idea_id, saved=1))
    done = "proposed" if do == "propose" else "changed"
    return forms.go(url_for("web.idea", idea_id=idea_id, done=done))


def _as_shown(content: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the form shows it again."""
    kept = {k: v for k, v in content.items() if k in LONGEST or k in ("signature", "is_minor")}
    if "estimate" in content:
        kept["estimate"] = content["estimate"]
    return kept


def _saved(idea_id: str, content: dict[str, Any]) -> Response:
    """The answer to a save while somebody types: what reads alike, ready to be shown."""
    session, actor = db.session(), current_actor()
    found = queries.read_idea(session, actor, idea_id)
    text = f"{content['title']} {content['summary']} {content['text']}"
    similar = queries.similar_ideas(
        session, actor, found["edition"], text, besides=found["id"], limit=3
    )
    costs = queries.costs_before(session, actor, found["edition"], text)
    html = render_template(
        "web/competitions/_alike.html", similar=similar, costs=costs, edition=found, **words()
    )
    return json_response({"saved": True, "estimate": found["estimate"], "alike": html})


@blueprint.post("/competitions/ideas/<idea_id>/discard")
@requires("idea.write")
def discard_idea(idea_id: str) -> Response:
    """Delete a draft for good."""
    service.discard_draft(db.session, current_actor(), idea_id)
    return forms.go(url_for("web.competitions"))


@blueprint.post("/competitions/ideas/<idea_id>/invite")
@requires("idea.invite")
@limit("invitations", "30 per day")
def invite(idea_id: str) -> Response:
    """Invite a co-author or sponsor; the link is shown once."""
    role = request.form.get("role", "co_author")
    email = forms.line("email", 254) or None
    secret = teams.invite(db.session, current_actor(), idea_id, role, email=email)
    return forms.go(url_for("web.idea", idea_id=idea_id, invited=secret) + "#team")


@blueprint.get("/competitions/invitations/<secret>")
@requires("competition.read")
@limit("invitations-read", "60 per hour")
def invitation(secret: str) -> Response:
    """What somebody is asked to stand behind."""
    from backend.web.answering import secretly

    member, found = teams.invited_to(db.session(), secret)
    content = {"title": found.title, "summary": found.summary, "text": found.text}
    return secretly(
        forms.page(
            "web/competitions/invitation.html", secret=secret, role=member.role, idea=content,
            **words(),
        )
    )  # fmt: skip


@blueprint.post("/competitions/invitations/<secret>")
@requires("idea.answer_invitation")
@limit("invitations-read", "60 per hour")
def answer_invitation(secret: str) -> Response:
    """Accept or decline."""
    accept = request.form.get("answer") == "yes"
    found = teams.answer_invitation(
        db.session, current_actor(), secret, accept=accept,
        signature=forms.line("signature", 80) or None,
    )  # fmt: skip
    if not accept:
        return forms.go(url_for("web.competitions"))
    return forms.go(url_for("web.idea", idea_id=found.public_id, done="joined"))

"""One's own account: who one is, what one hears, what one tells for statistics, one's data."""

from typing import Any

from flask import Response, request, url_for

from backend.accounts import cookies, queries, service
from backend.accounts.choices import SEXES
from backend.accounts.contacts import normal_phone
from backend.city import queries as city
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import LANGUAGE_COOKIE, LANGUAGES, _, current_language, lazy
from backend.core.pages import forms
from backend.core.pages.shell import YEAR, city_look
from backend.core.policy import requires
from backend.core.problems import Gone, Invalid, NotFound, SignInNeeded, Stale
from backend.notifications.service import change_preferences, preferences_of
from backend.web.blueprint import blueprint

SEX_WORDS = {"female": lazy("Female"), "male": lazy("Male"), "other": lazy("Other")}
DIGESTS = (
    ("none", lazy("Each piece of news by itself")),
    ("daily", lazy("Once a day, together")),
    ("weekly", lazy("Once a week, together")),
)
DONE = {
    "saved": lazy("Saved."),
    "email": lazy("Your new address is in use."),
    "withdrawn": lazy("Deleted. We no longer keep these answers."),
    "password": lazy("Your password is set. You are signed out everywhere else."),
    "password_gone": lazy("Your password is removed."),
    "ended": lazy("Signed out there."),
    "passkey": lazy("Your passkey is ready."),
    "passkey_gone": lazy("The passkey is removed."),
    "totp_gone": lazy("The second step is switched off."),
    "export": lazy("We are making the copy. Reload this page in a moment."),
}


def own() -> dict[str, Any]:
    """The account of who is signed in."""
    actor = current_actor()
    if actor.account_id is None:
        raise SignInNeeded()
    row = queries.account_details(db.session(), actor.account_id)
    if row is None:
        raise Gone()
    return dict(row)


def show(template: str, errors: dict[str, str] | None = None, **values: Any) -> Response:
    """A page of the account."""
    return forms.page(
        f"web/account/{template}.html",
        422 if errors else 200,
        errors=errors or {},
        account=values.pop("account", None) or own(),
        done=DONE.get(request.args.get("done", "")),
        **values,
    )


@blueprint.get("/account")
@requires("account.read")
def account() -> Response:
    """The account at a glance."""
    row = own()
    session = db.session()
    profile = queries.statistics_profile_of(session, row["id"])
    return show(
        "overview",
        account=row,
        statistics=bool(profile),
        sessions=len(queries.sessions_of(session, row["id"])),
        preferences=preferences_of(session, current_actor()),
        digests={code: str(words) for code, words in DIGESTS},
    )


@blueprint.get("/account/profile")
@requires("account.read")
def profile() -> Response:
    """Name, telephone, language."""
    return show("profile", given=own(), languages=list(city_look().languages.items()))


@blueprint.post("/account/profile")
@requires("account.change")
def change_profile() -> Response:
    """Change name, telephone or language."""
    row = own()
    given = {name: request.form.get(name, "") for name in ("name", "phone", "language")}
    languages = list(city_look().languages.items())
    try:
        changes: dict[str, Any] = {
            "name": forms.line("name", 120) or None,
            "phone": forms.line("phone", 40) or None,
        }
        if changes["phone"]:
            changes["phone"] = normal_phone(changes["phone"])
        if changes["phone"] == row["phone"]:
            del changes["phone"]
        if given["language"] in LANGUAGES:
            changes["language"] = given["language"]
        service.change_account(db.session, current_actor(), changes)
    except Invalid as problem:
        db.session.rollback()
        return show("profile", forms.messages(problem), given=given, languages=languages)
    response = forms.go(url_for("web.account", done="saved"))
    if "language" in changes:
        # The choice of the account wins over what this browser chose before.
        response.set_cookie(LANGUAGE_COOKIE, changes["language"], max_age=YEAR, samesite="Lax",
                            secure=request.is_secure, path="/")  # fmt: skip
    return response


@blueprint.get("/account/email")
@requires("account.read")
def email() -> Response:
    """Ask for a new address, or for the code that was sent to it."""
    return show("email", sent="sent" in request.args, given="")


@blueprint.post("/account/email")
@requires("account.change")
def send_email_code() -> Response:
    """Send a code to a new address."""
    given = request.form.get("email", "")[:300].strip()
    try:
        ticket = service.start_email_change(db.session, current_actor(), given)
    except Invalid as problem:
        return show("email", forms.messages(problem), sent=False, given=given)
    response = forms.go(url_for("web.email", sent=1))
    cookies.set_ticket_cookie(response, ticket)
    return response


@blueprint.post("/account/email/code")
@requires("account.change")
def finish_email() -> Response:
    """Take the new address with the code that came to it."""
    from backend.web.routes.sign_in import WRONG, with_token

    token = service.finish_email_change(
        db.session, current_actor(), cookies.ticket_of(request) or "",
        request.form.get("code", "")[:40],
    )  # fmt: skip
    if token is None:
        return show("email", {"code": str(WRONG)}, sent=True, given="")
    response = forms.go(url_for("web.account", done="email"))
    cookies.clear_ticket_cookie(response)
    return with_token(response, token)


@blueprint.get("/account/notifications")
@requires("preference.read")
def notifications() -> Response:
    """What one hears, how, and when not."""
    return show("notifications", preferences=_preferences(), digests=_digests())


def _preferences() -> dict[str, Any]:
    """What one wishes, without the topics that only city hall hears of."""
    actor = current_actor()
    found = preferences_of(db.session(), actor)
    if not actor.is_staff:
        found["topics"] = [t for t in found["topics"] if not t["topic"].endswith(".desk")]
    return found


def _digests() -> list[dict[str, str]]:
    return [{"value": code, "label": str(words)} for code, words in DIGESTS]


@blueprint.post("/account/notifications")
@requires("preference.change")
def change_notifications() -> Response:
    """Keep what one wishes to hear."""
    form = request.form
    preferences = _preferences()
    changes: dict[str, Any] = {
        "letters": "letters" in form,
        "digest": form.get("digest") if form.get("digest") in dict(DIGESTS) else "none",
        "topics": {
            topic["topic"]: form.getlist(f"topic_{topic['topic']}")
            for topic in preferences["topics"]
        },
        "quiet_hours": None,
    }
    if "quiet" in form:
        quiet = {name: form.get(f"quiet_{name}", "")[:5] for name in ("from", "until")}
        if not all(_is_clock(value) for value in quiet.values()):
            words = {"quiet_from": _("Write the hours like 22:00.")}
            return show("notifications", words, preferences=preferences, digests=_digests())
        changes["quiet_hours"] = quiet
    version = form.get("version", type=int, default=0)
    try:
        change_preferences(db.session(), current_actor(), changes, version=version)
    except Stale as problem:
        words = {"form": str(problem.detail)}
        return show("notifications", words, preferences=preferences, digests=_digests())
    return forms.go(url_for("web.account", done="saved"))


def _is_clock(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        return False
    return int(hours) < 24 and int(minutes) < 60


@blueprint.get("/account/statistics")
@requires("account.read")
def statistics() -> Response:
    """What one tells about oneself for statistics alone."""
    return _statistics()


def _statistics(errors: dict[str, str] | None = None) -> Response:
    session, row = db.session(), own()
    language = current_language()
    given = queries.statistics_profile_of(session, row["id"])
    code = None
    if given and given["district_id"]:
        found = city.district_by_id(session, given["district_id"])
        code = found.code if found else None
    return show(
        "statistics",
        errors,
        account=row,
        given=given,
        district=code,
        bands=[(band, band) for band in service.age_bands(session)],
        sexes=[(sex, str(SEX_WORDS.get(sex, sex))) for sex in SEXES],
        districts=[(d.code, d.name(language)) for d in city.districts(session)],
    )


@blueprint.post("/account/statistics")
@requires("account.change")
def change_statistics() -> Response:
    """Keep these answers with one's consent, or take them back."""
    if request.form.get("do") == "delete":
        service.withdraw_consent(db.session, current_actor(), "statistics")
        return forms.go(url_for("web.statistics", done="withdrawn"))
    if "agree" not in request.form:
        return _statistics({"agree": _("Tick the box if you agree; otherwise send nothing.")})
    values = {n: request.form.get(n) or None for n in ("age_band", "sex", "district")}
    try:
        service.set_statistics_profile(db.session, current_actor(), values)
    except Invalid as problem:
        db.session.rollback()
        return _statistics(forms.messages(problem))
    return forms.go(url_for("web.statistics", done="saved"))


@blueprint.get("/account/data")
@requires("account.export")
def data() -> Response:
    """A copy of one's data, and the end of the account."""
    row = own()
    copies = queries.exports_of(db.session(), row["id"])[:5]
    return show("data", account=row, copies=copies)


@blueprint.post("/account/data")
@requires("account.export")
def ask_for_copy() -> Response:
    """Ask for a copy of one's data."""
    service.ask_for_export(db.session, current_actor())
    return forms.go(url_for("web.data", done="export"))


@blueprint.get("/account/data/<copy_id>")
@requires("account.export")
def download_copy(copy_id: str) -> Response:
    """The copy itself."""
    if not copy_id.isalnum():
        raise NotFound()
    body = service.read_export(db.session, current_actor(), copy_id[:40])
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/account/erase")
@requires("account.erase")
def erase() -> Response:
    """Erase the account and the personal data in it."""
    if "sure" not in request.form:
        row = own()
        copies = queries.exports_of(db.session(), row["id"])[:5]
        words = {"sure": _("Tick the box: this cannot be undone.")}
        return show("data", words, account=row, copies=copies)
    service.ask_for_erasure(db.session, current_actor())
    response = forms.go(url_for("web.erased"))
    cookies.clear_session_cookie(response)
    return response


@blueprint.get("/erased")
@requires("page.read")
def erased() -> Response:
    """The account is gone."""
    return forms.page("web/account/erased.html")

"""The pages of the indicators: what the city computes of itself, and how."""

from typing import Any

from flask import Response, request

from backend.city import queries as city
from backend.classification.queries import component_codes, domain_codes, domain_of
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.indicators.catalogue import PROFILES, catalogue
from backend.indicators.queries import registers
from backend.indicators.queries.overview import Picture, known_period, picture
from backend.web import answering, measuring
from backend.web.blueprint import blueprint


def _profile() -> str:
    wish = request.args.get("profile", "")
    return wish if wish in PROFILES else PROFILES[0]


def _view() -> Picture | None:
    session = db.session()
    period = known_period(session, request.args.get("period", "")[:10])
    return picture(session, period) if period else None


def _page(template: str, view: Picture | None, **values: Any) -> Response:
    if view is None:
        return answering.public_page("web/indicators/empty.html")
    return answering.public_page(
        f"web/indicators/{template}.html",
        view=view,
        profile=_profile(),
        rules=catalogue(),
        part_name=measuring.part_name,
        profile_name=measuring.profile_name,
        provenance=measuring.provenance_name,
        **values,
    )


@blueprint.get("/indicators/")
@requires("indicators.read")
def indicators() -> Response:
    """The wheel of the six domains with every component beside it."""
    view = _view()
    if view is None:
        return _page("index", None)
    key = ("index", _profile(), current_language())
    if key not in view.kept:
        domains = measuring.domains_of(view, _profile())
        title = measuring.takeaway(domains)
        view.kept[key] = (domains, title, measuring.wheel_of(domains, title))
    domains, title, wheel = view.kept[key]
    return _page("index", view, domains=domains, title=title, wheel=wheel)


@blueprint.get("/indicators/<code>")
@requires("indicators.read")
def indicator(code: str) -> Response:
    """A component with its sub-indicators, both profiles apart; a domain with its components."""
    view, session = _view(), db.session()
    if code in domain_codes():
        return _domain(view, code)
    if code not in component_codes():
        raise NotFound()
    if view is None:
        return _page("component", None)
    key = ("component", code, current_language())
    if key not in view.kept:
        view.kept[key] = _profiles(view, code)
    profiles = view.kept[key]
    compared = {
        sub.code: _compared(f"{sub.component}.{sub.measure}", sub.digits)
        for sub in catalogue().of(code, "official")
    }
    return _page(
        "component",
        view,
        code=code,
        domain=domain_of(code),
        note=catalogue().note(code, current_language()),
        profiles=profiles,
        compared=compared,
        band_words=measuring.band_words,
        figure=measuring.figure,
        projects=registers.projects(session, code),
    )


def _profiles(view: Picture, code: str) -> list[dict[str, Any]]:
    """A component's sub-indicators, official and platform apart."""
    return [
        {
            "key": profile,
            "name": measuring.profile_name(profile),
            "row": view.value(code, profile),
            "measures": [measuring.measure_of(view, s) for s in catalogue().of(code, profile)],
        }
        for profile in PROFILES
    ]


def _compared(series: str, digits: int) -> list[dict[str, Any]]:
    """The cities whose figures were taken in, beside this one."""
    own = city.facts(db.session()).name(current_language())
    rows = registers.compared(db.session(), series)
    if len(rows) < 2:
        return []
    return [
        {
            "city": row["city"] or own,
            "value": measuring.figure(row["value"], digits),
            "period": row["period"],
            "flags": measuring.flag_words(row["flags"]),
        }
        for row in sorted(rows, key=lambda row: (row["city"] != "", row["city"]))
    ]


def _domain(view: Picture | None, code: str) -> Response:
    if view is None:
        return _page("domain", None)
    by_profile = [
        (profile, next(d for d in measuring.domains_of(view, profile) if d["code"] == code))
        for profile in PROFILES
    ]
    return _page("domain", view, code=code, by_profile=by_profile, between=measuring.between,
                 figure=measuring.figure)  # fmt: skip


@blueprint.get("/indicators/districts")
@requires("indicators.read")
def indicator_districts() -> Response:
    """One measure over the districts, as a map and as a table."""
    view = _view()
    if view is None:
        return _page("districts", None)
    choices = {sub.code: sub for sub in measuring.map_measures()}
    wish = request.args.get("measure", "")
    sub = choices.get(wish) or next(iter(choices.values()))
    rows = measuring.districts_of(view, city.facts(db.session()), sub)
    title = _("%(name)s by district, %(period)s", name=sub.name(), period=view.period)
    return _page("districts", view, choices=choices, sub=sub, rows=rows, title=title,
                 chart=measuring.map_of(rows, title))  # fmt: skip


@blueprint.get("/indicators/people")
@requires("indicators.read")
def indicator_people() -> Response:
    """Who takes part, by district, age and sex, beside the residents."""
    view = _view()
    names = {d.code: d.name(current_language()) for d in city.facts(db.session()).districts}
    names |= {"female": _("Women"), "male": _("Men")}
    rate = (
        measuring.measure_of(view, catalogue().sub_indicators["CI5.participation_rate"])
        if view
        else None
    )
    return _page("people", view, names=names, rate=rate, figure=measuring.figure)


@blueprint.get("/indicators/registers")
@requires("indicators.read")
def indicator_registers() -> Response:
    """The registers: public services and how far they can be done online, smart-city projects."""
    session = db.session()
    return answering.public_page(
        "web/indicators/registers.html",
        services=registers.public_services(session),
        projects=registers.projects(session),
        part_name=measuring.part_name,
        online=measuring.online_words(),
        states=measuring.project_words(),
        figure=measuring.figure,
    )


@blueprint.get("/indicators/plan")
@requires("indicators.read")
def indicator_plan() -> Response:
    """What the city wants of each component, and how far it is."""
    view = _view()
    rows = [
        {**target, "row": view.value(target["code"], target["profile"])}
        for target in registers.targets(db.session())
    ] if view else []  # fmt: skip
    return _page("plan", view, rows=rows, figure=measuring.figure)


@blueprint.get("/indicators/method")
@requires("indicators.read")
def indicator_method() -> Response:
    """How everything is computed: formulas, goalposts and who set them, the gate, the caveats."""
    return _page("method", _view(), subs=list(catalogue().sub_indicators.values()))

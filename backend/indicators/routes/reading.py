"""Reading values, series, the catalogue and who took part."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from backend.classification.queries import component_codes, domain_codes, name_of
from backend.core.api import json_response
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.limits import limit
from backend.core.policy import requires
from backend.core.problems import Invalid, NotFound
from backend.indicators.catalogue import SubIndicator, catalogue
from backend.indicators.queries.overview import Picture, known_period, picture
from backend.indicators.queries.values import participation, periods
from backend.indicators.routes.blueprint import blueprint
from backend.indicators.schemas import (
    CatalogueOut,
    IndicatorsOut,
    IndicatorsQuery,
    ParticipationOut,
    ParticipationQuery,
    PeriodQuery,
    SeriesQuery,
)

Row = Mapping[str, Any]
_LEFT_OUT = frozenset({"id"})


def _view(wish: str | None) -> Picture | None:
    session = db.session()
    period = known_period(session, wish)
    if wish and period != wish:
        raise Invalid(errors={"period": _("There are no values of this period.")})
    return picture(session, period) if period else None


def _named(row: Row) -> dict[str, Any]:
    """A value as the API writes it."""
    sub = catalogue().sub_indicators.get(row["code"])
    return {
        **{k: v for k, v in row.items() if k not in _LEFT_OUT},
        "district": row["district"] or None,
        "name": sub.name() if sub else name_of(row["code"], current_language()),
        "unit": sub.unit() if sub else None,
    }


def _public(document: dict[str, Any]) -> Response:
    response = json_response(document)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


@blueprint.route("", methods=["GET"])
@requires("indicators.read")
@blueprint.arguments(IndicatorsQuery, location="query")
@blueprint.response(200, IndicatorsOut)
@limit("indicators", "240 per minute")
def list_indicators(query: dict[str, Any]) -> Response:
    """The values of a period: sub-indicators, components and domains, each profile by itself."""
    if query["scale"] != "goalposts":
        raise Invalid(
            errors={
                "scale": _(
                    "One city has no z-score and no rank: both compare units with each other. "
                    "Scores lie between goalposts here."
                )
            }
        )
    view = _view(query["period"])
    rows = list(view.values.values()) if view else []
    if query["profile"]:
        rows = [row for row in rows if row["profile"] == query["profile"]]
    if query["component"]:
        rows = [row for row in rows if row["code"].split(".")[0] == query["component"]]
    return _public({
        "period": view.period if view else None,
        "periods": list(view.periods) if view else [],
        "method": catalogue().method,
        "items": [_named(row) for row in rows],
    })  # fmt: skip


@blueprint.route("/catalogue", methods=["GET"])
@requires("indicators.read")
@blueprint.response(200, CatalogueOut)
def read_catalogue() -> Response:
    """Every sub-indicator: formula, unit, direction, goalposts and who set them."""
    rules = catalogue()
    items = [_entry(sub) for sub in rules.sub_indicators.values()]
    return _public({"method": rules.method, "digest": rules.digest, "items": items})


def _entry(sub: SubIndicator) -> dict[str, Any]:
    return {
        "code": sub.code, "component": sub.component, "profile": sub.profile, "name": sub.name(),
        "unit": sub.unit(), "how": sub.how, "formula": sub.formula, "direction": sub.direction,
        "weight": sub.weight if sub.scored else 0.0, "lower": sub.lower, "upper": sub.upper,
        "set_by": sub.set_by, "source": sub.source, "provenance": sub.provenance,
        "about_people": sub.people,
    }  # fmt: skip


def _known(code: str) -> None:
    known = (*catalogue().sub_indicators, *component_codes(), *domain_codes())
    if code not in known:
        raise NotFound()


@blueprint.route("/<code>/series", methods=["GET"])
@requires("indicators.read")
@blueprint.arguments(SeriesQuery, location="query")
@blueprint.response(200, IndicatorsOut)
def read_series(query: dict[str, Any], code: str) -> Response:
    """One code over all periods, quarters and years."""
    _known(code)
    from backend.indicators.queries.values import series_of

    rows = series_of(db.session(), [code], 2000)
    if query["profile"]:
        rows = [row for row in rows if row["profile"] == query["profile"]]
    return _public({
        "period": None, "periods": periods(db.session()), "method": catalogue().method,
        "items": [_named(row) for row in rows],
    })  # fmt: skip


@blueprint.route("/<code>/districts", methods=["GET"])
@requires("indicators.read")
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, IndicatorsOut)
def read_districts(query: dict[str, Any], code: str) -> Response:
    """One sub-indicator in every district, where it is known by district."""
    _known(code)
    view = _view(query["period"])
    rows = list(view.districts.get(code, {}).values()) if view else []
    return _public({
        "period": view.period if view else None, "periods": list(view.periods) if view else [],
        "method": catalogue().method, "items": [_named(row) for row in rows],
    })  # fmt: skip


@blueprint.route("/participation", methods=["GET"])
@requires("indicators.read")
@blueprint.arguments(ParticipationQuery, location="query")
@blueprint.response(200, ParticipationOut)
def read_participation(query: dict[str, Any]) -> Response:
    """Who took part, by one attribute; too few are not shown, the others are rounded."""
    session = db.session()
    period = known_period(session, query["period"])
    if query["period"] and period != query["period"]:
        raise Invalid(errors={"period": _("There are no values of this period.")})
    rows = participation(session, period).get(query["attribute"], []) if period else []
    return _public({
        "period": period, "attribute": query["attribute"], "threshold": catalogue().threshold,
        "rounded_to": catalogue().rounding, "rows": rows,
    })  # fmt: skip

"""What the figures advise: findings by rules, with their evidence and what may be done."""

from flask import Response, request

from backend.city import queries as city
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.policy import requires
from backend.indicators.periods import parse_period
from backend.indicators.queries.overview import known_period, picture
from backend.indicators.recommending import advice
from backend.web import advising, answering, measuring
from backend.web.blueprint import blueprint


@blueprint.get("/indicators/advice")
@requires("indicators.read")
def indicator_advice() -> Response:
    """Every rule that fires on the period's figures."""
    session = db.session()
    period = known_period(session, request.args.get("period", "")[:10])
    if period is None:
        return answering.public_page("web/indicators/empty.html")
    view = picture(session, period)
    facts = city.facts(session)
    over = utcnow() >= parse_period(period).end(facts.time_zone)
    key = ("advice", current_language(), over)
    if key not in view.kept:
        names = {d.code: d.name(current_language()) for d in facts.districts}
        names |= {"female": _("Women"), "male": _("Men")}
        view.kept[key] = advising.advice_of(view, names, over=over)
    return answering.public_page(
        "web/indicators/advice.html",
        view=view,
        found=view.kept[key],
        rules=advice(),
        over=over,
        part_name=measuring.part_name,
    )

"""The city over HTTP: everything here is public and may be kept by readers for a while."""

from typing import Any

from flask import Response, request
from marshmallow import RAISE

from backend.city import policy, queries, rendering  # noqa: F401 - the rules are registered
from backend.city.geocoder import geocoder_for
from backend.city.schemas import (
    AddressesOut,
    AddressQuery,
    CityOut,
    DepartmentsOut,
    FeatureCollectionOut,
    LanguageQuery,
    ServiceOut,
    ServiceQuery,
    ServicesOut,
)
from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.limits import limit
from backend.core.policy import requires
from backend.core.problems import Invalid, NotFound
from backend.core.settings import current_settings

FRESH_FOR = 60  # seconds in which a reader need not ask again

blueprint = ApiBlueprint("city", __name__, description="The city, its catalogue and its map")


def _public(document: Any, version: str, media: str = "application/json") -> Response:
    """An answer that caches may keep, with a version that tells when it is still right."""
    response = json_response(document)
    response.mimetype = media
    keeper = "public" if current_actor().is_anonymous else "private"
    response.headers["Cache-Control"] = f"{keeper}, max-age={FRESH_FOR}"
    response.headers["Content-Language"] = current_language()
    response.vary.update(["Accept-Language", "Cookie", "Authorization"])
    response.set_etag(f"{version}-{current_language()}")
    response.make_conditional(request)
    return response


@blueprint.get("/city")
@requires("city.read")
@blueprint.arguments(LanguageQuery, location="query", unknown=RAISE)
@blueprint.response(200, CityOut)
def show_city(_query: dict[str, Any]) -> Response:
    """The city: name, place, languages, contact, emergency number, colours."""
    facts = queries.facts(db.session())
    document = rendering.kept(facts, "city", current_language(), rendering.city_document)
    layers = queries.map_layers(db.session())
    return _public({**document, "map_layers": layers}, facts.stamp)


@blueprint.get("/services")
@requires("city.read")
@blueprint.arguments(ServiceQuery, location="query", unknown=RAISE)
@blueprint.response(200, ServicesOut)
def list_services(query: dict[str, Any]) -> Response:
    """The catalogue: what can be reported, by group and kind."""
    facts = queries.facts(db.session())
    items = rendering.kept(facts, "services", current_language(), rendering.services_document)
    if group := query.get("group"):
        items = [item for item in items if item["group"] == group]
    if kind := query.get("kind"):
        items = [item for item in items if kind in item["kinds"]]
    return _public({"items": items}, facts.stamp)


@blueprint.get("/services/<string:code>")
@requires("city.read")
@blueprint.arguments(LanguageQuery, location="query", unknown=RAISE)
@blueprint.response(200, ServiceOut)
def show_service(_query: dict[str, Any], code: str) -> Response:
    """One service with its questions; retired ones are still shown to whoever has the code."""
    service = queries.service_by_code(db.session(), code)
    if service is None:
        raise NotFound(_("There is no such service. The list of services has the codes."))
    facts = queries.facts(db.session())
    return _public(rendering.service_document(facts, service, current_language()), facts.stamp)


@blueprint.get("/departments")
@requires("city.read")
@blueprint.arguments(LanguageQuery, location="query", unknown=RAISE)
@blueprint.response(200, DepartmentsOut)
def list_departments(_query: dict[str, Any]) -> Response:
    """The departments of city hall with their hours."""
    facts = queries.facts(db.session())
    language = current_language()
    document = rendering.kept(facts, "departments", language, rendering.departments_document)
    return _public(document, facts.stamp)


@blueprint.get("/districts")
@requires("city.read")
@blueprint.arguments(LanguageQuery, location="query", unknown=RAISE)
@blueprint.response(200, FeatureCollectionOut, content_type="application/geo+json")
def list_districts(_query: dict[str, Any]) -> Response:
    """The districts as GeoJSON with their population."""
    facts = queries.facts(db.session())
    language = current_language()
    document = rendering.kept(facts, "districts", language, rendering.districts_document)
    return _public(document, facts.stamp, "application/geo+json")


@blueprint.get("/addresses")
@requires("city.read")
@limit("addresses", "240 per minute")
@blueprint.arguments(AddressQuery, location="query", unknown=RAISE)
@blueprint.response(200, AddressesOut)
def find_addresses(query: dict[str, Any]) -> Response:
    """Addresses by words (q), or the one nearest to a place (lon and lat)."""
    near = _near(query)
    geocoder = geocoder_for(db.session(), current_settings(), current_language())
    if words := query.get("q"):
        found = list(geocoder.search(words, query["limit"], near))
    elif near:
        place = geocoder.reverse(*near)
        found = [place] if place else []
    else:
        raise Invalid(errors={"q": _("Write a street or a postcode, or give lon and lat.")})
    return json_response(
        {"items": [rendering.address_document(place) for place in found]},
        Cache_Control=f"private, max-age={FRESH_FOR}",
    )


def _near(query: dict[str, Any]) -> tuple[float, float] | None:
    lon, lat = query.get("lon"), query.get("lat")
    if (lon is None) != (lat is None):
        missing = "lat" if lat is None else "lon"
        raise Invalid(errors={missing: _("Give lon and lat together.")})
    return None if lon is None or lat is None else (lon, lat)


@blueprint.get("/map-layers/<string:name>")
@requires("city.read")
@blueprint.response(200, FeatureCollectionOut, content_type="application/geo+json")
def show_map_layer(name: str) -> Response:
    """A layer of the city's own base map as GeoJSON: streets, water, parks or rail."""
    found = queries.map_layer(db.session(), name[:40])
    if found is None:
        raise NotFound(_("There is no such layer. The city's document lists those it has."))
    digest, body = found
    return _public(body.encode(), digest[:32], "application/geo+json")

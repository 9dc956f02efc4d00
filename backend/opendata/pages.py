"""The pages and files of open data."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.api import json_response
from backend.core.datasets import Dataset, dataset_by_code, datasets
from backend.core.db import db, engine_of, reading
from backend.core.limits import check_limit
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.core.settings import current_settings
from backend.opendata.catalogue import RDF_FORMS, Publisher, catalogue_text, publisher_of
from backend.opendata.versions import history
from backend.opendata.writing import FORMS, forms_of, schema_of, written

blueprint = Blueprint("opendata", __name__, url_prefix="/open-data", template_folder="templates")


def _publisher() -> Publisher:
    facts = city.facts(db.session())
    return publisher_of(facts.profile, facts.name(), current_settings().base_url, facts.languages)


def _kept(response: Response, seconds: int = 300) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


@blueprint.get("/")
@requires("opendata.read")
def overview() -> Response:
    """All data sets; a harvester that asks for RDF gets the catalogue."""
    wanted = request.accept_mimetypes.best_match(
        ["text/html", *(kind for _form, kind in RDF_FORMS.values())], "text/html"
    )
    for form, (_name, kind) in RDF_FORMS.items():
        if wanted == kind:
            return catalogue(form)
    page = render_template(
        "opendata/overview.html", datasets=datasets(), forms_of=forms_of, publisher=_publisher()
    )
    response = _kept(Response(page), 60)
    response.vary.update(["Accept", "Accept-Language", "Cookie"])
    return response


@blueprint.get("/catalogue.<form>")
@requires("opendata.read")
def catalogue(form: str) -> Response:
    """The catalogue as DCAT-AP."""
    if form not in RDF_FORMS:
        raise NotFound()
    session = db.session()
    latest = {d.code: next(iter(history(session, d.code, 1)), None) for d in datasets()}
    body = catalogue_text(_publisher(), latest, form)
    return _kept(Response(body, mimetype=RDF_FORMS[form][1]))


def _known(code: str) -> Dataset:
    found = dataset_by_code(code)
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/<code>")
@requires("opendata.read")
def one(code: str) -> Response:
    """A data set: what it holds, its columns, its files, its change log."""
    dataset = _known(code)
    page = render_template(
        "opendata/dataset.html",
        dataset=dataset,
        forms=forms_of(dataset),
        publisher=_publisher(),
        versions=history(db.session(), code),
    )
    response = _kept(Response(page), 60)
    response.vary.update(["Accept-Language", "Cookie"])
    return response


@blueprint.get("/<code>/schema.json")
@requires("opendata.read")
def schema(code: str) -> Response:
    """The JSON Schema of a data set."""
    address = f"{current_settings().base_url}/open-data/{code}/schema.json"
    return _kept(json_response(schema_of(_known(code), address)))


@blueprint.get("/<code>.<form>")
@requires("opendata.read")
def file(code: str, form: str) -> Response:
    """A data set as a file, written while it is read."""
    dataset = _known(code)
    if form not in forms_of(dataset):
        raise NotFound()
    check_limit("open data", "30 per minute")
    engine, publisher = engine_of(db.session()), _publisher()

    def pieces() -> Iterator[bytes]:
        # The request's own session ends before the last piece is sent.
        with reading(), Session(engine) as session:
            yield from written(dataset, dataset.rows(session), form)

    response = Response(stream_with_context(pieces()), content_type=FORMS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{code}.{form}"'
    response.headers["Link"] = (
        f'<{publisher.licence_url}>; rel="license", '
        f'<{publisher.base}/open-data/{code}/schema.json>; rel="describedby"'
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _kept(response)

"""The catalogue as DCAT-AP, for harvesters: Turtle, RDF/XML and JSON-LD."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.core.datasets import Dataset, datasets
from backend.core.i18n import force_locale
from backend.opendata.writing import FORMS, forms_of

RDF_FORMS = {
    "ttl": ("turtle", "text/turtle"),
    "rdf": ("pretty-xml", "application/rdf+xml"),
    "jsonld": ("json-ld", "application/ld+json"),
}
EU = "http://publications.europa.eu/resource/authority/"
LICENCES = {"CC-BY-4.0": "CC_BY_4_0", "CC0-1.0": "CC0"}
FILE_TYPES = {"csv": "CSV", "json": "JSON", "geojson": "GEOJSON"}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, under which licence, from which address."""

    name: str
    base: str
    licence: str
    licence_url: str
    contact: str
    languages: tuple[str, ...]


def publisher_of(profile: Mapping[str, Any], name: str, base: str, languages: Any) -> Publisher:
    """The publisher as the city's pack tells it."""
    data, contact = dict(profile.get("data") or {}), dict(profile.get("contact") or {})
    return Publisher(
        name=str(data.get("attribution") or contact.get("name") or name or "City"),
        base=base,
        licence=str(data.get("licence") or "CC-BY-4.0"),
        licence_url=str(data.get("licence_url") or "https://creativecommons.org/licenses/by/4.0/"),
        contact=str(contact.get("email") or ""),
        languages=tuple(languages),
    )


def catalogue_text(publisher: Publisher, versions: Mapping[str, Any], form: str) -> bytes:
    """The whole catalogue in one of the forms."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

    graph = Graph()
    graph.bind("dcat", DCAT)
    graph.bind("dct", DCTERMS)
    graph.bind("vcard", Namespace("http://www.w3.org/2006/vcard/ns#"))
    home = URIRef(f"{publisher.base}/open-data/")
    agent = URIRef(f"{publisher.base}/#city")
    for triple in (
        (agent, RDF.type, FOAF.Agent), (agent, FOAF.name, Literal(publisher.name)),
        (home, RDF.type, DCAT.Catalog), (home, DCTERMS.publisher, agent),
        (home, FOAF.homepage, home), (home, DCTERMS.license, URIRef(publisher.licence_url)),
        (home, DCTERMS.modified, Literal(date.today().isoformat(), datatype=XSD.date)),  # noqa: DTZ011
    ):  # fmt: skip
        graph.add(triple)
    for language in publisher.languages:
        with force_locale(language):
            from backend.core.i18n import _

            title = _("Open data of %(city)s", city=publisher.name)
            text = _("Reports, indicators and registers of the city, for everybody to use.")
            graph.add((home, DCTERMS.title, Literal(str(title), lang=language)))
            graph.add((home, DCTERMS.description, Literal(str(text), lang=language)))
    for dataset in datasets():
        node = URIRef(f"{publisher.base}/open-data/{dataset.code}")
        graph.add((home, DCAT.dataset, node))
        _describe(graph, node, dataset, publisher, versions.get(dataset.code))
    text = graph.serialize(format=RDF_FORMS[form][0], encoding="utf-8")
    return text if isinstance(text, bytes) else str(text).encode()


def _describe(graph: Any, node: Any, dataset: Dataset, publisher: Publisher, version: Any) -> None:
    from rdflib import DCAT, DCTERMS, RDF, BNode, Literal, Namespace, URIRef

    vcard = Namespace("http://www.w3.org/2006/vcard/ns#")
    graph.add((node, RDF.type, DCAT.Dataset))
    for language in publisher.languages:
        with force_locale(language):
            graph.add((node, DCTERMS.title, Literal(str(dataset.title), lang=language)))
            graph.add((node, DCTERMS.description, Literal(str(dataset.description), lang=language)))
    graph.add((node, DCTERMS.identifier, Literal(str(node))))
    graph.add((node, DCTERMS.publisher, URIRef(f"{publisher.base}/#city")))
    graph.add((node, DCAT.theme, URIRef(f"{EU}data-theme/{dataset.theme}")))
    graph.add((node, DCTERMS.accrualPeriodicity, URIRef(f"{EU}frequency/{dataset.every}")))
    graph.add((node, DCTERMS.accessRights, URIRef(f"{EU}access-right/PUBLIC")))
    graph.add((node, DCAT.landingPage, node))
    graph.add((node, DCTERMS.conformsTo, URIRef(f"{node}/schema.json")))
    for word in dataset.keywords:
        graph.add((node, DCAT.keyword, Literal(word, lang="en")))
    if version:
        graph.add((node, DCAT.version, Literal(str(version["number"]))))
    if publisher.contact:
        point = BNode()
        graph.add((node, DCAT.contactPoint, point))
        graph.add((point, RDF.type, vcard.Kind))
        graph.add((point, vcard.fn, Literal(publisher.name)))
        graph.add((point, vcard.hasEmail, URIRef(f"mailto:{publisher.contact}")))
    for form in forms_of(dataset):
        _distribution(graph, node, dataset, publisher, form)


def _distribution(graph: Any, node: Any, dataset: Dataset, publisher: Publisher, form: str) -> None:
    from rdflib import DCAT, DCTERMS, RDF, URIRef

    file = URIRef(f"{publisher.base}/open-data/{dataset.code}.{form}")
    here = URIRef(f"{node}#{form}")
    licence = LICENCES.get(publisher.licence)
    for triple in (
        (node, DCAT.distribution, here), (here, RDF.type, DCAT.Distribution),
        (here, DCAT.accessURL, file), (here, DCAT.downloadURL, file),
        (here, DCTERMS.format, URIRef(f"{EU}file-type/{FILE_TYPES[form]}")),
        (here, DCAT.mediaType, URIRef(
            "https://www.iana.org/assignments/media-types/" + FORMS[form].split(";")[0])),
        (here, DCTERMS.license,
         URIRef(f"{EU}licence/{licence}") if licence else URIRef(publisher.licence_url)),
    ):  # fmt: skip
        graph.add(triple)

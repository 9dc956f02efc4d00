"""The way through a list: which view, which filters, which page; so that one keeps one's place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for

from backend.console.words import VIEWS
from backend.reports.queries.desk import ORDERS
from backend.reports.queries.filters import Filters

FILTERS = ("q", "status", "kind", "service", "domain", "district", "department")
KEPT = (*FILTERS, "order", "after", "before")


def _chosen(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value.strip()[:200] for name, value in pairs if name in KEPT and value.strip()}


@dataclass(frozen=True, slots=True)
class Way:
    """A view with its filters and page; without a view, a report opened by itself."""

    view: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_page(cls, view: str | None) -> "Way":
        """The way that this page's address tells."""
        return cls(view, _chosen(request.args.items()) if view else {})

    @classmethod
    def of_form(cls) -> "Way":
        """The way that a form carried along."""
        view, _mark, query = request.form.get("way", "").partition("?")
        if view not in VIEWS:
            return cls()
        return cls(view, _chosen(parse_qsl(query[:2000])))

    def __str__(self) -> str:
        return f"{self.view}?{urlencode(self.query)}" if self.view else ""

    @property
    def order(self) -> str:
        """The order of the list: as chosen, else what is due first where that is the question."""
        wish = self.query.get("order", "")
        if wish in ORDERS:
            return wish
        return "due" if self.view == "overdue" else "newest"

    @property
    def filters(self) -> Filters:
        """What the list is narrowed by."""

        def one(name: str) -> tuple[str, ...]:
            return (self.query[name],) if name in self.query else ()

        return Filters(
            statuses=one("status"),
            kinds=one("kind"),
            services=one("service"),
            domains=one("domain"),
            districts=one("district"),
            departments=one("department"),
            text=self.query.get("q"),
        )

    def list_url(self, **changes: str | None) -> str:
        """The address of the list, perhaps with something changed."""
        if self.view is None:
            return url_for("console.start")
        query = _changed(self.query, changes)
        return url_for("console.inbox", view=self.view, **query)

    def map_url(self) -> str:
        """Where the map of the list gets its places."""
        query: dict[str, Any] = {n: value for n, value in self.query.items() if n in FILTERS}
        return url_for("console.inbox_map", view=self.view, **query)

    def report_url(self, report_id: str, **changes: str | None) -> str:
        """The address of a report in this list, perhaps on another page of it."""
        if self.view is None:
            return url_for("console.report", report_id=report_id)
        query = _changed(self.query, changes)
        return url_for("console.report_in_view", view=self.view, report_id=report_id, **query)


def _changed(query: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: value for name, value in {**query, **changes}.items() if value}

"""Reads of the room: lists, places, search, clusters, one report."""

from backend.reports.queries.clusters import MapView, clusters, tile_box
from backend.reports.queries.detail import (
    has_address_alone,
    history,
    read_report,
    standing_of,
    updates_of,
)
from backend.reports.queries.filters import Filters
from backend.reports.queries.listing import Page, list_page
from backend.reports.queries.prepared import PreparedList, prepared
from backend.reports.queries.similar import similar_reports

__all__ = [
    "Filters",
    "MapView",
    "Page",
    "PreparedList",
    "clusters",
    "has_address_alone",
    "history",
    "list_page",
    "prepared",
    "read_report",
    "similar_reports",
    "standing_of",
    "tile_box",
    "updates_of",
]

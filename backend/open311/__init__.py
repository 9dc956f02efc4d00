"""Open311 GeoReport v2 in both directions, webhooks and feeds: a face of the reports."""

"""Open data: a catalogue for harvesters, and every data set as files that are streamed."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the pages and publish what the rooms below give."""
    from backend.core.datasets import publish_dataset
    from backend.ideas.queries import open_rows as competition
    from backend.indicators.queries.open_rows import DATASETS
    from backend.opendata import versions  # noqa: F401 - registers the daily look
    from backend.opendata.pages import blueprint
    from backend.reports.queries.open_rows import DATASET

    for dataset in (DATASET, *competition.DATASETS, *DATASETS):
        publish_dataset(dataset)
    app.register_blueprint(blueprint)

"""The invented registers, series and plan of the demo city."""

from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.indicators.catalogue import LOADER
from backend.indicators.queries.registers import imports
from backend.indicators.service.importing import SeriesFile, import_series, watch_series
from backend.indicators.service.registers import put_project, put_service, set_target

SOURCE = "Invented figures of the demo city"
PLAN = {"SG-PS": 90, "MI2": 85, "SM-IT": 85, "CI5": 45, "MVI7": 90}


def _text(name: str) -> str:
    return files("backend.indicators").joinpath("data", name).read_text(encoding="utf-8")


def fill_demo(session: Session, actor: Actor) -> bool:
    """Fill the registers of an empty city with invented entries; again, it adds nothing."""
    if imports(session, 1):
        return False
    found: Any = yaml.load(_text("demo_registers.yaml"), Loader=LOADER)  # noqa: S506 - safe loader
    for code, component, online, requests, share, mark, name in found["services"]:
        put_service(session, actor, code, {
            "name": name, "component": component, "online": online, "requests_year": requests,
            "online_share": share, "satisfaction": mark,
        })  # fmt: skip
    for project in found["projects"]:
        put_project(session, actor, project["code"], project)
    watch_series(
        session, actor, "MI5.pm25", above=12.0, note="The limit of the European Union from 2030."
    )
    watch_series(session, actor, "MI4.water", above=125.0, note="The water company's warning.")
    series = SeriesFile("csv", _text("demo_official.csv"), "demo_official.csv", SOURCE)
    import_series(session, actor, series)
    for code, score in PLAN.items():
        set_target(
            session, actor, code, profile="platform", year=utcnow().year + 2, score=score,
            decided_by="The council of Vliermonde, invented for the demo",
        )  # fmt: skip
    return True

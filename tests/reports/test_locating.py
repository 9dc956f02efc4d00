"""A report with an address alone comes onto the map when the address means one house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from backend.city.models import Address
from backend.core.actor import ANONYMOUS
from backend.core.geo import cell_of
from backend.core.jobs import run_one
from backend.core.ledger import verify
from backend.reports import queries
from backend.reports.jobs import arrived
from backend.reports.service import Submitted
from backend.reports.service.locating import locate
from tests.reports.conftest import Catalogue

SPOT = (2.05, 54.75)


@pytest.fixture
def houses(session: Any, city: Catalogue) -> None:
    """Mill Lane has three numbers."""
    rows = [
        {
            "street": "Mill Lane", "street_key": "mill lane", "number": str(number),
            "number_value": number, "postcode": None, "postcode_key": None, "district_id": None,
            "lon": SPOT[0] + number / 1e4, "lat": SPOT[1],
            "cell": cell_of(SPOT[0] + number / 1e4, SPOT[1]),
        }
        for number in (2, 4, 6)
    ]  # fmt: skip
    session.execute(insert(Address), rows)
    session.commit()


def test_a_known_address_comes_onto_the_map(
    session: Any, houses: None, send: Callable[..., Submitted]
) -> None:
    done = send(place=None, address="Mill lane 4")
    arrived(session, {"id": done.public_id})
    session.commit()
    while run_one(session):
        pass
    found = queries.read_report(session, ANONYMOUS, done.public_id)
    assert found["place"]["coordinates"] == [pytest.approx(2.0504), 54.75]
    assert found["address"] == "Mill lane 4"
    assert found["district"] == "west"
    assert verify(session, "report").holds


@pytest.mark.parametrize("address", ["Mill Lane", "Mill Lane 40", "behind the church", ""])
def test_what_might_be_elsewhere_stays_words(
    session: Any, houses: None, send: Callable[..., Submitted], address: str
) -> None:
    done = send(place=None, address=address)
    assert not locate(session, done.public_id)
    assert queries.read_report(session, ANONYMOUS, done.public_id)["place"] is None


def test_a_pin_is_never_moved(session: Any, houses: None, send: Callable[..., Submitted]) -> None:
    done = send(place=(2.06, 54.76), address="Mill Lane 4")
    assert not locate(session, done.public_id)

"""Work of partners: send, ask for news, look at what they offer."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.core.jobs import enqueue, job, periodic
from backend.open311.partners import queries
from backend.open311.partners.checking import CHECK, check
from backend.open311.partners.fetching import FETCH, fetch
from backend.open311.partners.saying import SAY, say
from backend.open311.partners.sending import SEND, send


@job(SEND)
def send_report(session: Session, payload: dict[str, Any]) -> None:
    """Try one report once; the next try is a job of its own."""
    send(session, payload["dispatch"], payload["round"])


@job(SAY, retries=12)
def pass_on(session: Session, payload: dict[str, Any]) -> None:
    """Pass one answer of a reporter's on."""
    say(session, payload["dispatch"], payload["update"], payload["number"])


@job(FETCH)
def fetch_news(session: Session, payload: dict[str, Any]) -> None:
    """Ask one partner for its news."""
    fetch(session, payload["partner"])


@job(CHECK)
def check_partner(session: Session, payload: dict[str, Any]) -> None:
    """Read what one partner offers."""
    check(session, payload["partner"], payload.get("tries", 0))


@periodic("open311.ask_partners", every=timedelta(minutes=2))
def ask_partners(session: Session, payload: dict[str, Any]) -> None:
    """Ask every partner for its news."""
    for partner in queries.partners(session):
        if partner.state == "active":
            told = {"partner": partner.public_id}
            enqueue(session, FETCH, told, key=f"fetch:{partner.public_id}:{payload.get('slot')}")


@periodic("open311.check_partners", every=timedelta(hours=12))
def check_partners(session: Session, payload: dict[str, Any]) -> None:
    """Read twice a day what every partner offers."""
    for partner in queries.partners(session):
        if partner.state == "active":
            told = {"partner": partner.public_id}
            enqueue(session, CHECK, told, key=f"check:{partner.public_id}:{payload.get('slot')}")

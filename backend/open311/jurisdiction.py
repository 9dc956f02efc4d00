"""Which city this endpoint speaks for, and how it names itself."""

from typing import Any
from urllib.parse import urlsplit

from flask import request
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.i18n import _
from backend.core.settings import current_settings
from backend.open311.answering import Refused


def base_url() -> str:
    """Where the endpoint is reached: as the operator says, else as this request came in."""
    settings = current_settings()
    if settings.env == "production" or settings.base_url.startswith("https:"):
        return settings.base_url
    return request.host_url.rstrip("/")


def jurisdiction(session: Session) -> str:
    """The jurisdiction's id: the city's own, or the host without www."""
    chosen = city.facts(session).profile.get("jurisdiction")
    if chosen:
        return str(chosen)
    host = (urlsplit(current_settings().base_url).hostname or "localhost").lower()
    return host.removeprefix("www.")


def check_jurisdiction(session: Session, sent: str | None) -> None:
    """An empty id is none; another city's is not found here."""
    sent = (sent or "").strip().lower()
    if not sent:
        return
    known = {jurisdiction(session).lower(), (city.facts(session).slug or "").lower()}
    if sent not in known:
        raise Refused(404, _("jurisdiction_id %(id)s not found.", id=sent[:80]))


def contact(session: Session) -> dict[str, Any]:
    """How to reach the city, as its pack says."""
    return dict(city.facts(session).profile.get("contact") or {})

"""Push to browsers by the Web Push protocol, to the allowed push services and nobody else."""

import re
from typing import Any
from urllib.parse import urlsplit

import orjson
import pywebpush
import requests

from backend.core.settings import Settings
from backend.notifications.channels import SECONDS, Address, Notice, TryLaterError, Verdict
from backend.notifications.push_key import push_key

TTL_SECONDS = 2 * 86_400
LONGEST_ENDPOINT = 2000
_ENDPOINT = re.compile(r"(https?)://([a-z0-9.-]{1,253})(?::(\d{1,5}))?/[A-Za-z0-9_\-.~%/=:+?&]*")


def may_write_to(endpoint: str, services: tuple[str, ...]) -> bool:
    """Whether an endpoint lies at an allowed push service.

    A service is a host, which stands for itself and what is below it by HTTPS, or a whole origin
    such as http://127.0.0.1:8123 for a service of one's own.
    """
    if len(endpoint) > LONGEST_ENDPOINT or not (match := _ENDPOINT.fullmatch(endpoint)):
        return False
    scheme, host, port = match.groups()
    origin = f"{scheme}://{host}" + (f":{port}" if port else "")
    for service in services:
        if "://" in service:
            if origin == service.rstrip("/"):
                return True
        elif scheme == "https" and port in (None, "443") and f".{host}".endswith("." + service):
            return True
    return False


class _Straight(requests.Session):
    """A session that goes where it was sent: no redirects, no proxies of the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.max_redirects = 0

    def get_redirect_target(self, _response: Any) -> None:
        """A push service that sends us elsewhere is not followed."""


class WebPushChannel:
    """Notices by web push, encrypted for the browser and signed with the city's own key."""

    def __init__(self, settings: Settings) -> None:
        self._services = settings.push_services
        self._key = push_key(settings)
        self._contact = "mailto:" + settings.mail_from.rpartition("<")[2].rstrip("> ")

    def send(self, address: Address, notice: Notice) -> Verdict:
        """Hand one notice to the push service of a browser."""
        if not may_write_to(address.token, self._services) or not (address.key and address.secret):
            return Verdict.GONE
        parts = urlsplit(address.token)
        try:
            pywebpush.webpush(
                {
                    "endpoint": address.token,
                    "keys": {"p256dh": address.key, "auth": address.secret},
                },
                orjson.dumps(
                    {
                        "title": notice.title,
                        "body": notice.body,
                        "id": notice.mark,
                        "tag": notice.mark,
                        "link": notice.link,
                        "language": notice.language,
                    }
                ).decode(),
                vapid_private_key=self._key,
                vapid_claims={
                    "sub": self._contact,
                    "aud": f"{parts.scheme}://{parts.netloc}",
                },
                ttl=TTL_SECONDS,
                headers={"Topic": notice.mark, "Urgency": "normal"},
                timeout=SECONDS,
                requests_session=_Straight(),
            )
        except pywebpush.WebPushException as error:
            return _verdict(error)
        except ValueError:  # keys that are no keys
            return Verdict.GONE
        return Verdict.SENT


def _verdict(error: pywebpush.WebPushException) -> Verdict:
    status = error.status_code
    if status is None or status in (404, 410):
        return Verdict.GONE
    if status == 429 or status >= 500:
        wish = str(error.retry_after or "")
        seconds = float(wish) if wish.isdecimal() and len(wish) < 7 else None
        raise TryLaterError(min(seconds, 3600.0) if seconds is not None else None)
    return Verdict.REFUSED

"""Push by Firebase Cloud Messaging.

The client library has no setting for another address and repeats by itself what failed. Both are
changed here, at two places of the library that are private: a test fails when they move.
"""

from typing import Any
from urllib.parse import urlsplit

import firebase_admin
import google.auth.credentials
from firebase_admin import credentials, exceptions, messaging
from requests.adapters import HTTPAdapter

from backend.core.settings import Settings
from backend.notifications.channels import SECONDS, Address, Notice, TryLaterError, Verdict

FCM = "https://fcm.googleapis.com"
TTL_DAYS = 2


class _StaticToken(google.auth.credentials.Credentials):
    """A token for a stand-in of FCM, which checks none."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.token = "stand-in"  # noqa: S105 - opens nothing

    def refresh(self, _request: object) -> None:
        """There is nothing to renew."""


class _StandInCredential(credentials.Base):
    def get_credential(self) -> google.auth.credentials.Credentials:
        return _StaticToken()


class _Redirecting(HTTPAdapter):
    """Carries what is meant for FCM to another address, path and body unchanged."""

    def __init__(self, url: str) -> None:
        super().__init__(max_retries=0)
        self._target = urlsplit(url)

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send to the other address; the certificate that FCM would show is of no use there."""
        asked = urlsplit(request.url)
        request.url = asked._replace(
            scheme=self._target.scheme, netloc=self._target.netloc
        ).geturl()
        return super().send(request, *args, **kwargs)


def _open(settings: Settings) -> firebase_admin.App:
    """An application of the library of our own, beside the one that checks sign-ins."""
    credential = (
        credentials.Certificate(settings.firebase_credentials)
        if settings.firebase_credentials
        else _StandInCredential()
    )
    options = {"projectId": settings.firebase_project, "httpTimeout": SECONDS}
    name = f"vox-push-{id(settings)}"
    if name in firebase_admin._apps:
        return firebase_admin.get_app(name)
    return firebase_admin.initialize_app(credential, options, name=name)


class FcmChannel:
    """Notices by FCM through firebase-admin."""

    def __init__(self, settings: Settings) -> None:
        self._app = _open(settings)
        session = messaging._get_messaging_service(self._app)._client.session
        # The job row repeats; a library that repeats too would double what it cannot see.
        adapter = _Redirecting(settings.fcm_url) if settings.fcm_url else HTTPAdapter(max_retries=0)
        session.mount(FCM, adapter)

    def send(self, address: Address, notice: Notice) -> Verdict:
        """Hand one notice to FCM."""
        try:
            messaging.send(_message(address, notice), app=self._app)
        except (messaging.UnregisteredError, messaging.SenderIdMismatchError):
            return Verdict.GONE
        except exceptions.InvalidArgumentError:
            return Verdict.REFUSED
        except (
            messaging.QuotaExceededError,
            exceptions.ResourceExhaustedError,
            exceptions.UnavailableError,
        ) as error:
            raise TryLaterError(_patience(error)) from error
        return Verdict.SENT


def _patience(error: exceptions.FirebaseError) -> float | None:
    response = error.http_response
    wish = response.headers.get("Retry-After", "") if response is not None else ""
    return min(float(wish), 3600.0) if wish.isdecimal() and len(wish) < 7 else None


def _message(address: Address, notice: Notice) -> messaging.Message:
    message = messaging.Message(
        notification=messaging.Notification(title=notice.title, body=notice.body),
        data={"id": notice.mark, "link": notice.link},
        android=messaging.AndroidConfig(
            collapse_key=notice.mark,
            ttl=TTL_DAYS * 86_400,
            notification=messaging.AndroidNotification(tag=notice.mark, visibility="private"),
        ),
        apns=messaging.APNSConfig(headers={"apns-collapse-id": notice.mark}),
        webpush=messaging.WebpushConfig(
            headers={"TTL": str(TTL_DAYS * 86_400), "Topic": notice.mark},
            notification=messaging.WebpushNotification(tag=notice.mark, language=notice.language),
        ),
    )
    # Set here because the constructor warns: phones still register by token.
    message.token = address.token
    return message

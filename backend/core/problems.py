"""Errors as people and machines read them: what was wrong, where, and what to do (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from backend.core.i18n import lazy


class Problem(Exception):
    """An error with a status, a stable type, a title, and the fields at fault."""

    status = 500
    kind = "internal-error"
    title = lazy("Something went wrong on our side")
    detail = lazy("Nothing of what you sent was stored. Please try again in a moment.")

    def __init__(
        self,
        detail: object | None = None,
        *,
        errors: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(str(self.kind))
        self.detail = detail if detail is not None else type(self).detail
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self, instance: str | None = None) -> dict[str, object]:
        """The problem+json document of this error, in the reader's language."""
        document: dict[str, object] = {
            "type": f"/problems/{self.kind}",
            "title": str(self.title),
            "status": self.status,
            "detail": str(self.detail),
        }
        if instance:
            document["instance"] = instance
        if self.errors:
            document["errors"] = [
                {"field": field, "message": str(message)} for field, message in self.errors.items()
            ]
        document.update(self.extra)
        return document


class BadRequest(Problem):
    """The request cannot be read at all."""

    status, kind = 400, "bad-request"
    title = lazy("We could not read the request")
    detail = lazy("Check its form and send it again.")


class SignInNeeded(Problem):
    """The action needs a signed-in person."""

    status, kind = 401, "sign-in-needed"
    title = lazy("Please sign in")
    detail = lazy("This needs an account. Sign in and try again.")

    def __init__(self, detail: object | None = None, **rest: object) -> None:
        super().__init__(detail, **rest)  # type: ignore[arg-type]
        self.headers.setdefault("WWW-Authenticate", 'Bearer realm="vox"')


class Forbidden(Problem):
    """The actor is known and may not do this."""

    status, kind = 403, "forbidden"
    title = lazy("You may not do this")
    detail = lazy("Your role does not allow it. Ask an administrator if it should.")


class NotFound(Problem):
    """There is nothing here, or nothing that this actor may know of."""

    status, kind = 404, "not-found"
    title = lazy("Not found")
    detail = lazy("There is nothing at this address. Check it, or start from the front page.")


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    status, kind = 405, "method-not-allowed"
    title = lazy("This cannot be done at this address")
    detail = lazy("The header Allow lists what can.")


class NotAcceptable(Problem):
    """None of the forms asked for can be given."""

    status, kind = 406, "not-acceptable"
    title = lazy("This form is not available")
    detail = lazy("Ask for application/json.")


class Conflict(Problem):
    """The request contradicts what is stored."""

    status, kind = 409, "conflict"
    title = lazy("This conflicts with what is there")
    detail = lazy("Reload, look at the present state, and try again.")


class Gone(Problem):
    """What was here has been erased or has expired."""

    status, kind = 410, "gone"
    title = lazy("No longer here")
    detail = lazy("It was erased or it has expired.")


class Stale(Problem):
    """The thing has changed since the sender read it."""

    status, kind = 412, "stale"
    title = lazy("Somebody changed this in the meantime")
    detail = lazy("Reload to see the change, then send yours again.")


class TooLarge(Problem):
    """More bytes than are accepted."""

    status, kind = 413, "too-large"
    title = lazy("This is too large")
    detail = lazy("Send fewer or smaller files.")


class UnsupportedType(Problem):
    """A content type that is not understood here."""

    status, kind = 415, "unsupported-type"
    title = lazy("This kind of content is not accepted here")
    detail = lazy("Send application/json, or a form where the documentation says so.")


class Invalid(Problem):
    """Fields that break a rule; each is named with its remedy."""

    status, kind = 422, "invalid"
    title = lazy("Some answers need mending")
    detail = lazy("Mend the fields that are named and send again.")


class PreconditionRequired(Problem):
    """A change needs If-Match so that nobody's work is overwritten."""

    status, kind = 428, "precondition-required"
    title = lazy("Say which version you changed")
    detail = lazy("Send the ETag that you read in the header If-Match.")


class TooMany(Problem):
    """More requests than the published limit."""

    status, kind = 429, "quota-exceeded"
    title = lazy("Too many requests")
    detail = lazy("Wait a little, then go on. The header Retry-After says how long.")


class Unavailable(Problem):
    """Something that is needed does not answer at present."""

    status, kind = 503, "unavailable"
    title = lazy("Not available at the moment")
    detail = lazy("Nothing was lost. Please try again in a moment.")

    def __init__(self, detail: object | None = None, **rest: object) -> None:
        super().__init__(detail, **rest)  # type: ignore[arg-type]
        self.headers.setdefault("Retry-After", "2")


BY_STATUS: dict[int, type[Problem]] = {
    cls.status: cls
    for cls in (
        BadRequest,
        SignInNeeded,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        Conflict,
        Gone,
        Stale,
        TooLarge,
        UnsupportedType,
        Invalid,
        PreconditionRequired,
        TooMany,
        Problem,
        Unavailable,
    )
}


def problem_for(status: int) -> Problem:
    """The problem that stands for a bare HTTP status."""
    if status in BY_STATUS:
        return BY_STATUS[status]()
    problem = (BadRequest if status < 500 else Problem)()
    problem.status = status
    problem.kind = HTTPStatus(status).phrase.lower().replace(" ", "-")
    return problem

"""Ways of signing in and sessions, as the API takes and gives them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.accounts.choices import SESSION_KINDS
from backend.accounts.passwords import LONGEST
from backend.core.fields import Choice, Integer, Line, StrictSchema, Timestamp
from backend.core.i18n import LANGUAGES, _


class Secret(fields.String):
    """A password or token: taken letter by letter, never trimmed, never shown."""

    def __init__(self, *, max: int, **rest: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=max), load_only=True, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValidationError(_("This holds characters that are not text.")) from error
        return text


def _kind() -> Choice:
    meaning = "bearer: the token is in the answer; cookie: it is set as a cookie."
    return Choice(SESSION_KINDS, load_default="bearer", metadata={"description": meaning})


class Nothing(StrictSchema):
    """No fields."""


def page_schema(item: type[StrictSchema]) -> type[StrictSchema]:
    """A page of a list."""
    return StrictSchema.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "next": fields.String(allow_none=True),
        },
        name=f"{item.__name__}Page",
    )  # type: ignore[return-value]


class SignInStart(StrictSchema):
    """An address that wants a code."""

    email = Line(max=254, min=3, required=True)
    language = Choice(LANGUAGES)
    kind = _kind()


class TicketOut(StrictSchema):
    """What binds the code in the letter to whoever asked for it."""

    ticket = fields.String(allow_none=True)
    expires_in = Integer()


class CodeIn(StrictSchema):
    """The code, or the link's token, with the ticket."""

    ticket = Line(max=64)
    code = Line(max=40)
    link = Line(max=64)
    kind = _kind()


class PasswordSignIn(StrictSchema):
    """An address and its password."""

    email = Line(max=254, min=3, required=True)
    password = Secret(max=LONGEST, required=True)
    kind = _kind()


class PasskeyOptions(StrictSchema):
    """What a browser hands to its authenticator."""

    ticket = fields.String()
    options = fields.Dict()


class PasskeySignIn(StrictSchema):
    """What the authenticator answered."""

    ticket = Line(max=64, required=True)
    credential = fields.Dict(keys=fields.String(), required=True)
    kind = _kind()


class PasskeyIn(StrictSchema):
    """A new passkey, as the authenticator made it."""

    ticket = Line(max=64, required=True)
    credential = fields.Dict(keys=fields.String(), required=True)
    name = Line(max=60)


class PasskeyOut(StrictSchema):
    """A passkey."""

    id = fields.String(attribute="public_id")
    name = fields.String(allow_none=True)
    created_at = Timestamp()
    used_at = Timestamp(allow_none=True)


class FirebaseIn(StrictSchema):
    """An ID token of the city's Firebase project."""

    id_token = Secret(max=8192, required=True)
    kind = _kind()


class SessionStarted(StrictSchema):
    """A sign-in: the token unless it went into a cookie, and whether a second step is due."""

    token = fields.String(allow_none=True)
    expires_in = Integer(allow_none=True)
    second_factor = Choice(("none", "needed", "enrol"))


class TokenOut(StrictSchema):
    """The session's new token, unless it went into a cookie."""

    token = fields.String(allow_none=True)


class ProofIn(StrictSchema):
    """One proof of being there."""

    password = Secret(max=LONGEST)
    totp = Line(max=20)
    recovery_code = Line(max=64)
    ticket = Line(max=64)
    code = Line(max=40)
    credential = fields.Dict(keys=fields.String())


class SessionOut(StrictSchema):
    """A place where the person is signed in."""

    id = fields.String(attribute="public_id")
    kind = fields.String()
    method = fields.String()
    label = fields.String(allow_none=True)
    created_at = Timestamp()
    seen_at = Timestamp()
    expires_at = Timestamp()
    current = fields.Boolean()


class MethodsOut(StrictSchema):
    """The ways of signing in that this city offers."""

    code = fields.Boolean()
    password = fields.Boolean()
    passkey = fields.Boolean()
    firebase_project = fields.String(allow_none=True)
    oidc = fields.Boolean()


class TotpOut(StrictSchema):
    """What an authenticator app needs, shown once."""

    secret = fields.String()
    uri = fields.String()


class TotpConfirm(StrictSchema):
    """The digits that the new authenticator shows."""

    totp = Line(max=20, required=True)


class RecoveryCodesOut(StrictSchema):
    """Codes for paper, shown once; with the session's new token where it changed."""

    recovery_codes = fields.List(fields.String())
    token = fields.String(allow_none=True)

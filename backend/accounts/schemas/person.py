"""One's own account, as the API takes and gives it."""

from marshmallow import fields

from backend.accounts.choices import CHANNELS, SEXES
from backend.accounts.passwords import LONGEST
from backend.accounts.schemas.access import Secret
from backend.core.fields import Choice, Integer, Line, StrictSchema, Text, Timestamp
from backend.core.i18n import LANGUAGES


class AccountOut(StrictSchema):
    """A person's own account."""

    id = fields.String(attribute="public_id")
    version = Integer()
    state = fields.String()
    name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    language = fields.String()
    assurance = fields.String()
    assurance_method = fields.String(allow_none=True)
    assured_at = Timestamp(allow_none=True)
    district = fields.String(allow_none=True)
    created_at = Timestamp()
    has_password = fields.Boolean()
    has_totp = fields.Boolean()
    has_passkey = fields.Boolean()


class MeOut(AccountOut):
    """A person's own account with what the present session may do."""

    roles = fields.List(fields.String())
    second_factor_pending = fields.Boolean()
    recovery_codes_left = Integer()


class MePatch(StrictSchema):
    """What a person may change of their account at once."""

    name = Line(max=120, allow_none=True)
    phone = Line(max=40, allow_none=True)
    language = Choice(LANGUAGES)


class PasswordIn(StrictSchema):
    """A new password."""

    password = Secret(max=LONGEST * 8, required=True)


class EmailIn(StrictSchema):
    """A new address."""

    email = Line(max=254, min=3, required=True)


class EmailConfirm(StrictSchema):
    """The code that came to the new address."""

    ticket = Line(max=64, required=True)
    code = Line(max=40, required=True)


class ProfileIn(StrictSchema):
    """What a person says about themselves, for statistics alone."""

    age_band = Line(max=10, allow_none=True)
    sex = Choice(SEXES, allow_none=True)
    district = Line(max=40, allow_none=True)


class ProfileOut(StrictSchema):
    """What a person said about themselves, and the choices there are."""

    version = Integer()
    age_band = fields.String(allow_none=True)
    sex = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    updated_at = Timestamp(allow_none=True)
    age_bands = fields.List(fields.String())
    sexes = fields.List(fields.String())


class ConsentOut(StrictSchema):
    """An agreement."""

    purpose = fields.String()
    wording = fields.String()
    given_at = Timestamp()
    withdrawn_at = Timestamp(allow_none=True)


class PushDeviceIn(StrictSchema):
    """A device that wants the account's news."""

    channel = Choice(CHANNELS, required=True)
    token = Line(max=2000, min=8, required=True)
    key = Line(max=200)
    secret = Line(max=100)
    name = Line(max=60)


class PushDeviceOut(StrictSchema):
    """A device, without its address."""

    id = fields.String(attribute="public_id")
    channel = fields.String()
    name = fields.String(allow_none=True)
    created_at = Timestamp()
    seen_at = Timestamp()


class ExportOut(StrictSchema):
    """A request for a copy of one's data."""

    id = fields.String(attribute="public_id")
    state = fields.String()
    requested_at = Timestamp()
    ready_at = Timestamp(allow_none=True)
    expires_at = Timestamp(allow_none=True)
    size = Integer(allow_none=True)


class RegisterIn(StrictSchema):
    """What a line of the register is matched with."""

    reference = Line(max=60, min=1, required=True)
    birth_date = fields.Date(required=True)
    postcode = Line(max=20, min=1, required=True)


class LetterIn(StrictSchema):
    """Where the letter with the code goes."""

    addressee = Line(max=120, min=1, required=True)
    address = Text(max=400, min=5, required=True)
    district = Line(max=40)


class LetterCodeIn(StrictSchema):
    """The code from the letter."""

    code = Line(max=40, required=True)


class ResidenceOut(StrictSchema):
    """An attempt to show where one lives."""

    id = fields.String(attribute="public_id")
    method = fields.String()
    state = fields.String()
    created_at = Timestamp()
    decided_at = Timestamp(allow_none=True)
    expires_at = Timestamp(allow_none=True)

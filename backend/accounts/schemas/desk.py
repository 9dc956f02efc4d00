"""Organisations and the desks of city hall, as the API takes and gives them."""

from marshmallow import fields, validate

from backend.accounts.choices import ORGANISATION_KINDS, ORGANISATION_STATES, SCOPES
from backend.accounts.policy import GRANTABLE
from backend.core.fields import Choice, Integer, Line, PublicId, StrictSchema, Text, Timestamp


class OrganisationIn(StrictSchema):
    """An organisation that wants to take part."""

    name = Line(max=120, min=2, required=True)
    kind = Choice(ORGANISATION_KINDS, required=True)
    registration = Line(max=60)


class OrganisationPatch(StrictSchema):
    """Another name for an organisation."""

    name = Line(max=120, min=2, required=True)


class OrganisationOut(StrictSchema):
    """An organisation."""

    id = fields.String(attribute="public_id")
    version = Integer()
    kind = fields.String()
    name = fields.String()
    registration = fields.String(allow_none=True)
    state = fields.String()
    created_at = Timestamp()


class OwnOrganisationOut(OrganisationOut):
    """An organisation that one is in."""

    membership_id = fields.String()
    membership_state = fields.String()
    role = fields.String()
    speaks = fields.Boolean()


class DecisionIn(StrictSchema):
    """Whether an organisation is what it says."""

    confirmed = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Text(max=1000, min=3, required=True)


class MemberIn(StrictSchema):
    """Whom to invite."""

    email = Line(max=254, min=3, required=True)
    speaks = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    owner = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class MemberOut(StrictSchema):
    """Somebody in an organisation."""

    id = fields.String(attribute="public_id")
    name = fields.String(allow_none=True)
    role = fields.String()
    speaks = fields.Boolean()
    state = fields.String()


class FindQuery(StrictSchema):
    """Whose account."""

    email = Line(max=254, min=3, required=True)


class AccountReasonIn(StrictSchema):
    """Why something is done to somebody's account."""

    reason = Text(max=1000, min=3, required=True)


class AccountStateIn(AccountReasonIn):
    """Whether an account is open."""

    state = Choice(("active", "disabled"), required=True)


class DeskIn(StrictSchema):
    """Where the person at the desk lives."""

    district = Line(max=40)


class PageQuery(StrictSchema):
    """Which page of a list."""

    limit = Integer(min=1, max=200, load_default=50, strict=False)
    cursor = Line(max=400)


class GrantsQuery(PageQuery):
    """Whose roles."""

    account = PublicId()


class OrganisationsQuery(PageQuery):
    """Which organisations."""

    state = Choice(ORGANISATION_STATES)


class GrantIn(StrictSchema):
    """A role for somebody."""

    account = PublicId(required=True)
    role = Choice(GRANTABLE, required=True)
    department = Line(max=40)
    district = Line(max=40)


class GrantOut(StrictSchema):
    """A role that somebody holds."""

    id = fields.String(attribute="public_id")
    account = fields.String(attribute="account_id")
    name = fields.String(allow_none=True)
    role = fields.String()
    department = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    granted_at = Timestamp()


class LetterOut(StrictSchema):
    """A letter to print."""

    id = fields.String(attribute="public_id")
    addressee = fields.String()
    address = fields.String()
    code = fields.String()


class SentIn(StrictSchema):
    """Letters that went out."""

    ids = fields.List(PublicId(), required=True, validate=validate.Length(min=1, max=500))


class CountOut(StrictSchema):
    """How many."""

    count = Integer()


class ApiKeyIn(StrictSchema):
    """A key for a partner's machine."""

    name = Line(max=120, min=2, required=True)
    scopes = fields.List(
        Choice(SCOPES), load_default=["read"], validate=validate.Length(min=1, max=len(SCOPES))
    )
    rate = Line(max=40, load_default="600 per minute")
    organisation = PublicId()
    expires_at = Timestamp()


class ApiKeyOut(StrictSchema):
    """A partner's key; the key itself only when it was just made."""

    id = fields.String(attribute="public_id")
    name = fields.String()
    scopes = fields.List(fields.String())
    rate = fields.String()
    created_at = Timestamp()
    expires_at = Timestamp(allow_none=True)
    revoked_at = Timestamp(allow_none=True)


class NewKeyOut(StrictSchema):
    """A key, shown this once."""

    id = fields.String()
    key = fields.String()

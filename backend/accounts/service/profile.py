"""Consents, and what people say about themselves for statistics alone."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.accounts.choices import AGE_BANDS, PURPOSES, SEXES
from backend.accounts.models import Consent, StatisticsProfile
from backend.accounts.service.accounts import own_account
from backend.city.queries import facts
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Invalid, SignInNeeded, Stale

WORDING = "2026-1"


def age_bands(session: Session) -> tuple[str, ...]:
    """The age bands in which the city counts its people."""
    known = {band for district in facts(session).districts for band in district.population}
    return tuple(sorted(known, key=_first_age)) or AGE_BANDS


def _first_age(band: str) -> int:
    digits = band.partition("-")[0].strip("+<> ")
    return int(digits) if digits.isdigit() else 0


def district_id_of(session: Session, code: str, field: str = "district") -> int:
    """The district with a code; Invalid when the city has none."""
    for district in facts(session).districts:
        if district.code == code and not district.retired:
            return district.id
    raise Invalid(errors={field: _("The city has no such district. Choose one from its list.")})


def department_id_of(session: Session, code: str, field: str = "department") -> int:
    """The department with a code; Invalid when the city has none."""
    for department in facts(session).departments:
        if department.code == code and not department.retired:
            return department.id
    raise Invalid(errors={field: _("The city has no such department. Choose one from its list.")})


def give_consent(session: Session, actor: Actor, purpose: str) -> int:
    """Note an agreement; one that is given already stays."""
    authorise(actor, "account.change", "own")
    if purpose not in PURPOSES:
        raise Invalid(errors={"purpose": _("Choose one of: %(all)s.", all=", ".join(PURPOSES))})
    account = own_account(session, actor)
    held = session.execute(
        select(Consent.id).where(
            Consent.account_id == account.id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
    ).scalar()
    if held is not None:
        return held
    consent = Consent(account_id=account.id, purpose=purpose, wording=WORDING, given_at=utcnow())
    session.add(consent)
    session.flush()
    return consent.id


def withdraw_consent(session: Session, actor: Actor, purpose: str) -> None:
    """Take an agreement back, as easily as it was given; what rested on it is deleted."""
    authorise(actor, "account.change", "own")
    account = own_account(session, actor)
    if purpose == "statistics":
        session.execute(delete(StatisticsProfile).where(StatisticsProfile.account_id == account.id))
    session.execute(
        update(Consent)
        .where(
            Consent.account_id == account.id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=utcnow())
    )


def set_statistics_profile(
    session: Session, actor: Actor, values: dict[str, Any], *, version: int | None = None
) -> None:
    """Keep age band, sex and district for statistics; giving them is the consent."""
    authorise(actor, "account.change", "own")
    if actor.account_id is None:
        raise SignInNeeded()
    chosen = _chosen(session, values)
    consent_id = give_consent(session, actor, "statistics")
    row = session.get(StatisticsProfile, actor.account_id, with_for_update=True)
    if version is not None and version != (row.version if row else 0):
        raise Stale(headers={"ETag": f'"{row.version if row else 0}"'})
    if row is None:
        row = StatisticsProfile(account_id=actor.account_id, version=0)
    for name, value in chosen.items():
        setattr(row, name, value)
    row.consent_id = consent_id
    row.version += 1
    row.updated_at = utcnow()
    session.add(row)
    session.flush()


def _chosen(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if "age_band" in values:
        chosen["age_band"] = _checked(values["age_band"], age_bands(session), "age_band")
    if "sex" in values:
        chosen["sex"] = _checked(values["sex"], SEXES, "sex")
    if "district" in values:
        code = values["district"]
        chosen["district_id"] = district_id_of(session, code) if code else None
    return chosen


def _checked(value: str | None, choices: tuple[str, ...], field: str) -> str | None:
    if value is not None and value not in choices:
        raise Invalid(errors={field: _("Choose one of: %(all)s.", all=", ".join(choices))})
    return value

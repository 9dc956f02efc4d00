"""One's own account: changes with versions, consents, the profile for statistics, one's address."""

from backend.accounts import queries, service
from backend.accounts.models import StatisticsProfile
from backend.accounts.service.sessions import start_session


def test_changes_need_the_version_that_was_read(api, person) -> None:
    who = person()
    read = api("get", "/me", by=who)
    tag = read.headers["ETag"]
    body = {"name": "Ana  Maria", "language": "ro"}
    assert api("patch", "/me", by=who, json=body).status_code == 428
    done = api("patch", "/me", by=who, json=body, headers={"If-Match": tag})
    assert done.status_code == 200
    assert (done.json["name"], done.json["language"]) == ("Ana Maria", "ro")
    assert api("patch", "/me", by=who, json=body, headers={"If-Match": tag}).status_code == 412
    same = api("get", "/me", by=who, headers={"If-None-Match": done.headers["ETag"]})
    assert same.status_code == 304


def test_fields_that_are_not_ones_own_to_change_are_refused(api, person) -> None:
    who = person()
    for name in ("id", "state", "email", "assurance", "roles", "version", "district", "public_id"):
        answer = api("patch", "/me", by=who, json={name: "x"}, headers={"If-Match": "*"})
        assert answer.status_code == 422, name
        assert answer.json["errors"][0]["field"] == name


def test_a_telephone_number_has_one_form(api, person) -> None:
    who = person()
    headers = {"If-Match": "*"}
    done = api("patch", "/me", by=who, json={"phone": "+31 (0)20 123 4567"}, headers=headers)
    assert done.json["phone"] == "+31201234567"
    wrong = api("patch", "/me", by=who, json={"phone": "hello"}, headers=headers)
    assert wrong.json["errors"][0]["field"] == "phone"
    assert api("patch", "/me", by=who, json={"phone": None}, headers=headers).json["phone"] is None


def test_a_new_address_is_proven_and_the_old_one_is_told(api, person, letter_box, session) -> None:
    who = person()
    elsewhere = start_session(session, who.id, "bearer")
    session.commit()
    ticket = api("post", "/me/email", by=who, json={"email": "new@example.org"}).json["ticket"]
    assert api("get", "/me", by=who).json["email"] == who.email
    body = {"ticket": ticket, "code": letter_box.code("new@example.org")}
    done = api("post", "/me/email/confirm", by=who, json=body)
    assert done.status_code == 200
    who.token = done.json["token"]
    assert api("get", "/me", by=who).json["email"] == "new@example.org"
    assert "was changed" in letter_box.text(who.email)
    session.rollback()
    assert queries.actor_for_token(session, elsewhere) is None


def test_an_address_of_somebody_else_cannot_be_taken(api, person, letter_box) -> None:
    who, other = person(), person("bo@example.org", "Bo")
    ticket = api("post", "/me/email", by=who, json={"email": other.email}).json["ticket"]
    body = {"ticket": ticket, "code": letter_box.code(other.email)}
    assert api("post", "/me/email/confirm", by=who, json=body).status_code == 409


def test_the_profile_is_kept_with_its_consent_and_goes_with_it(api, person, session) -> None:
    who = person()
    empty = api("get", "/me/statistics-profile", by=who).json
    assert empty["version"] == 0
    given = {"age_band": empty["age_bands"][1], "sex": "female"}
    done = api("put", "/me/statistics-profile", by=who, json=given)
    assert done.json["sex"] == "female"
    assert queries.has_consent(session, who.id, "statistics")
    session.rollback()
    assert api("delete", "/me/consents/statistics", by=who).status_code == 204
    session.rollback()
    assert not queries.has_consent(session, who.id, "statistics")
    assert session.get(StatisticsProfile, who.id) is None
    assert queries.statistics_profiles(session, [who.id]) == {}


def test_the_profile_takes_only_what_the_city_counts(api, person) -> None:
    who = person()
    for body in ({"age_band": "33"}, {"sex": "x"}, {"district": "nowhere"}):
        answer = api("put", "/me/statistics-profile", by=who, json=body)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"] == next(iter(body))


def test_consents_are_given_once_and_taken_back(api, person) -> None:
    who = person()
    for _ in range(2):
        assert api("put", "/me/consents/newsletter", by=who).status_code == 204
    rows = api("get", "/me/consents", by=who).json["items"]
    assert [row["purpose"] for row in rows] == ["newsletter"]
    api("delete", "/me/consents/newsletter", by=who)
    assert api("get", "/me/consents", by=who).json["items"][0]["withdrawn_at"]
    assert api("put", "/me/consents/everything", by=who).status_code == 404


def test_other_rooms_read_contacts_and_names(person, session) -> None:
    who = person(language="nl")
    contact = queries.contact_of(session, who.id)
    assert (contact.name, contact.email, contact.language) == ("Ana", who.email, "nl")
    assert queries.names_of(session, [who.id, 10**9]) == {who.id: "Ana"}
    assert queries.contact_of(session, 10**9) is None


def test_an_invited_address_is_proven_by_signing_in(api, session, letter_box) -> None:
    made = service.create_account(session, email="x@example.org", name="X\x07 Y")
    assert queries.contact_of(session, made).name == "X Y"
    assert queries.find_account_by_email(session, "x@example.org").assurance == "anonymous"
    session.commit()
    ticket = api("post", "/sign-in", json={"email": "X@example.org"}).json["ticket"]
    body = {"ticket": ticket, "code": letter_box.code("x@example.org")}
    assert api("post", "/sign-in/code", json=body).status_code == 200
    session.rollback()
    found = queries.find_account_by_email(session, "x@example.org")
    assert (found.id, found.assurance) == (made, "contact_verified")


def test_a_name_that_is_no_text_is_left_out(session) -> None:
    strange = service.create_account(session, name="N\x00L")
    assert queries.contact_of(session, strange).name is None

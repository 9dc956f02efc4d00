"""What the emulator promises, before anything of ours stands on it."""

import pytest
from firebase_admin import auth

pytestmark = pytest.mark.firebase


def test_a_token_tells_who_signed_up(ask, firebase) -> None:
    signed = ask("signUp", email="ana@example.org", password="long-enough-1")
    claims = auth.verify_id_token(signed["idToken"], app=firebase)
    assert claims["uid"] == signed["localId"]
    assert claims["email"] == "ana@example.org"
    assert claims["email_verified"] is False


def test_a_revoked_token_is_refused(ask, firebase) -> None:
    signed = ask("signUp", email="bo@example.org", password="long-enough-2")
    auth.update_user(signed["localId"], valid_since=4_000_000_000, app=firebase)
    with pytest.raises(auth.RevokedIdTokenError):
        auth.verify_id_token(signed["idToken"], app=firebase, check_revoked=True)


def test_a_disabled_account_is_refused(ask, firebase) -> None:
    signed = ask("signUp", email="cas@example.org", password="long-enough-3")
    auth.update_user(signed["localId"], disabled=True, app=firebase)
    with pytest.raises(auth.UserDisabledError):
        auth.verify_id_token(signed["idToken"], app=firebase, check_revoked=True)

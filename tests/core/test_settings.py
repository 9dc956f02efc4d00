"""Settings: read once, refused when unsafe, and keys that can be changed."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from backend.core import crypto
from backend.core.mail import PendingLetter
from backend.core.rotation import reseal
from backend.core.settings import Settings, SettingsError

SAFE = {
    "VOX_ENV": "production",
    "VOX_SECRET_KEY": "k3J9sQ7wXz1Lm5Vb8Nc2Rt6Yp4Hd0Gf-",
    "VOX_BASE_URL": "https://city.example",
}


def read(tmp_path: Path, **changes: str) -> Settings:
    return Settings.from_env({**SAFE, "VOX_DATA_DIR": str(tmp_path), **changes})


def test_safe_settings_are_accepted(tmp_path) -> None:
    settings = read(tmp_path)
    assert settings.is_sqlite
    assert settings.secret_key not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"VOX_SECRET_KEY": ""}, "VOX_SECRET_KEY"),
        ({"VOX_SECRET_KEY": "a" * 40}, "VOX_SECRET_KEY"),
        ({"VOX_DEBUG": "1"}, "VOX_DEBUG"),
        ({"VOX_WORKERS": "4"}, "VOX_REDIS_URL"),
        ({"VOX_BASE_URL": "http://city.example"}, "VOX_BASE_URL"),
        ({"VOX_ENV": "prod"}, "VOX_ENV"),
        ({"VOX_WORKERS": "many"}, "VOX_WORKERS"),
        ({"VOX_DEBUG": "perhaps"}, "VOX_DEBUG"),
        ({"VOX_DATABSE_URL": "x"}, "VOX_DATABSE_URL"),
    ],
)
def test_unsafe_or_unknown_settings_are_refused_by_name(tmp_path, changes, named) -> None:
    with pytest.raises(SettingsError, match=named):
        read(tmp_path, **changes)


def test_the_emulator_is_refused_in_production(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9099")
    with pytest.raises(SettingsError, match="FIREBASE_AUTH_EMULATOR_HOST"):
        read(tmp_path)


def test_development_makes_its_own_secret_and_keeps_it(tmp_path) -> None:
    first, again = (Settings.from_env({"VOX_DATA_DIR": str(tmp_path)}) for _ in range(2))
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_former_key_opens_and_the_new_one_seals() -> None:
    old = crypto.Keyring("o" * 40)
    both = crypto.Keyring("n" * 40, ("o" * 40,))
    sealed = old.seal("Ioana", "name")
    assert both.unseal(sealed, "name") == "Ioana"
    assert not both.is_current(sealed, "name")
    with pytest.raises(crypto.SealError):
        crypto.Keyring("x" * 40).unseal(sealed, "name")
    with pytest.raises(crypto.SealError):
        both.unseal(sealed, "e-mail")
    with pytest.raises(crypto.SealError):
        both.unseal(sealed[:-6] + "AAAAA=", "name")


def test_after_a_rotation_everything_can_be_sealed_again(app, session) -> None:
    from backend.core.clock import utcnow

    secret = app.config["VOX"].secret_key
    try:
        crypto.use_keys("former-" * 8)
        session.add(PendingLetter(recipient="a@b.example", content="hello", created_at=utcnow()))
        session.commit()
        crypto.use_keys(secret, ("former-" * 8,))
        assert reseal(session)["pending_letter"] == 2
        session.commit()
        crypto.use_keys(secret)
        session.expire_all()
        assert session.execute(select(PendingLetter.content)).scalar() == "hello"
        assert "hello" not in session.execute(text("select content from pending_letter")).scalar()
    finally:
        crypto.use_keys(secret)

"""Settings: typed, read once from the environment, each documented in docs/settings.md."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask import current_app

MIN_SECRET = 32
FOLDER = Path("instance")


class SettingsError(RuntimeError):
    """A setting that is missing, malformed or unsafe; the message names it and the remedy."""


def setting(env: str, default: object, meaning: str, *, secret: bool = False) -> Any:
    """Declare one setting: its variable, default and meaning."""
    meta = {"env": env, "meaning": meaning, "secret": secret}
    return field(default=default, metadata=meta, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that an operator can decide without touching code."""

    env: str = setting("VOX_ENV", "development", "development, test or production")
    data_dir: Path = setting("VOX_DATA_DIR", FOLDER, "database, uploads, models, mail")  # noqa: RUF009 - a dataclass field by another name
    database_url: str = setting(
        "VOX_DATABASE_URL", "", "default: an SQLite file in the data folder", secret=True
    )
    redis_url: str = setting(
        "VOX_REDIS_URL", "", "shared counters and live news between workers", secret=True
    )
    storage_url: str = setting(
        "VOX_STORAGE_URL", "", "photos: a folder or s3://bucket/prefix", secret=True
    )
    storage_endpoint: str = setting(
        "VOX_STORAGE_ENDPOINT", "", "address of an S3 server other than Amazon's"
    )
    secret_key: str = setting(
        "VOX_SECRET_KEY", "", "signs and seals; 32 characters or more", secret=True
    )
    secret_key_fallbacks: tuple[str, ...] = setting(
        "VOX_SECRET_KEY_FALLBACKS", (), "former keys, comma separated, newest first", secret=True
    )
    base_url: str = setting("VOX_BASE_URL", "", "address under which people reach the city")
    trusted_hosts: tuple[str, ...] = setting(
        "VOX_TRUSTED_HOSTS", (), "host names answered to, comma separated"
    )
    proxy_count: int = setting(
        "VOX_PROXY_COUNT", 0, "reverse proxies in front, whose headers are believed"
    )
    port: int = setting("PORT", 8000, "port of vox serve")
    host: str = setting("VOX_HOST", "127.0.0.1", "address vox serve listens on")
    workers: int = setting("VOX_WORKERS", 1, "web processes")
    threads: int = setting("VOX_THREADS", 8, "threads of each web process")
    embedded_worker: bool = setting(
        "VOX_EMBEDDED_WORKER", True, "run jobs and the scheduler inside vox serve"
    )
    debug: bool = setting("VOX_DEBUG", False, "show error details; refused in production")
    log_level: str = setting("VOX_LOG_LEVEL", "info", "debug, info, warning or error")
    metrics_token: str = setting(
        "VOX_METRICS_TOKEN", "", "bearer token that /metrics asks for", secret=True
    )
    mail_url: str = setting(
        "VOX_MAIL_URL",
        "",
        "smtp://user:password@host:587, or empty: letters into the data folder",
        secret=True,
    )
    mail_from: str = setting("VOX_MAIL_FROM", "city@localhost", "sender of letters")
    mail_inbound: str = setting(
        "VOX_MAIL_INBOUND", "", "host:port on which letters from citizens are received"
    )
    mail_domain: str = setting(
        "VOX_MAIL_DOMAIN", "localhost", "domain of the addresses for reports and replies"
    )
    geocoder_url: str = setting(
        "VOX_GEOCODER_URL", "", "a Nominatim-compatible server; empty: the city's address file"
    )
    firebase_project: str = setting(
        "VOX_FIREBASE_PROJECT", "", "Firebase project whose ID tokens are accepted"
    )
    firebase_credentials: str = setting(
        "VOX_FIREBASE_CREDENTIALS", "", "service account file for push by FCM", secret=True
    )
    oidc_issuer: str = setting("VOX_OIDC_ISSUER", "", "OpenID provider of the staff")
    oidc_client_id: str = setting("VOX_OIDC_CLIENT_ID", "", "client id at that provider")
    oidc_client_secret: str = setting(
        "VOX_OIDC_CLIENT_SECRET", "", "client secret at that provider", secret=True
    )
    push_private_key: str = setting(
        "VOX_PUSH_PRIVATE_KEY",
        "",
        "VAPID key for web push; made on first start when empty",
        secret=True,
    )
    push_services: tuple[str, ...] = setting(
        "VOX_PUSH_SERVICES",
        (
            "fcm.googleapis.com",
            "updates.push.services.mozilla.com",
            "web.push.apple.com",
            "notify.windows.com",
        ),
        "push services that may be written to",
    )
    fcm_url: str = setting("VOX_FCM_URL", "", "another address for FCM; tests only")
    model_dir: str = setting(
        "VOX_MODEL_DIR", "", "trained models; default: models in the data folder"
    )
    outward_hosts: tuple[str, ...] = setting(
        "VOX_OUTWARD_HOSTS",
        (),
        "hosts of partners and webhooks that may lie in a private network or lack HTTPS",
    )
    learning: str = setting(
        "VOX_LEARNING", "promote", "what a night of learning may do: promote, propose or off"
    )
    shadow_days: int = setting(
        "VOX_SHADOW_DAYS", 1, "days that a candidate runs in the shadow before it is promoted"
    )
    learning_minutes: int = setting(
        "VOX_LEARNING_MINUTES", 45, "minutes after which a night of learning is ended"
    )
    max_upload_mb: int = setting("VOX_MAX_UPLOAD_MB", 64, "largest request in megabytes")
    log_file: str = setting("VOX_LOG_FILE", "", "write the log here instead of standard error")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read every setting; refuse unknown VOX_ names so that a typing error is seen."""
        environ = os.environ if environ is None else environ
        known = {f.metadata["env"]: f for f in fields(cls)}
        unknown = sorted(
            name
            for name in environ
            if name.startswith("VOX_") and name not in known and not name.startswith("VOX_TEST_")
        )
        if unknown:
            raise SettingsError(
                f"{', '.join(unknown)}: no such setting. docs/settings.md lists them all."
            )
        values: dict[str, Any] = {
            f.name: _parse(name, environ[name], f.type, f.default)
            for name, f in known.items()
            if name in environ
        }
        return cls(**values).completed()

    def completed(self) -> "Settings":
        """Fill in what follows from other settings, and check what would be unsafe."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        data_dir = Path(self.data_dir).absolute()
        values["data_dir"] = data_dir
        values["database_url"] = _database_url(self.database_url, data_dir)
        values["storage_url"] = self.storage_url or str(data_dir / "files")
        values["model_dir"] = self.model_dir or str(data_dir / "models")
        values["base_url"] = (self.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")
        if not self.secret_key and self.env != "production":
            values["secret_key"] = _kept_secret(data_dir)
        settled = Settings(**values)
        settled.check()
        return settled

    def check(self) -> None:
        """Refuse to run in a state that is unsafe."""
        if self.env not in ("development", "test", "production"):
            raise SettingsError(f"VOX_ENV is '{self.env}'; use development, test or production.")
        if self.learning not in ("promote", "propose", "off"):
            raise SettingsError(f"VOX_LEARNING is '{self.learning}'; use promote, propose or off.")
        if self.env not in {"test", "development"}:
            self._check_production()

    def _check_production(self) -> None:
        weak = len(self.secret_key) < MIN_SECRET or len(set(self.secret_key)) < 10
        complaints = [
            (weak, "VOX_SECRET_KEY must be set to 32 random characters or more (vox keys new)."),
            (self.debug, "VOX_DEBUG must not be on."),
            (
                "FIREBASE_AUTH_EMULATOR_HOST" in os.environ,
                "FIREBASE_AUTH_EMULATOR_HOST is set: unsigned tokens would be accepted. Unset it.",
            ),
            (
                self.workers > 1 and not self.redis_url,
                "VOX_WORKERS is more than one: set VOX_REDIS_URL so that limits hold across them.",
            ),
            (not self.base_url.startswith("https://"), "VOX_BASE_URL must begin with https://."),
            (bool(self.fcm_url), "VOX_FCM_URL is for tests only."),
        ]
        found = [message for wrong, message in complaints if wrong]
        if found:
            raise SettingsError("Refusing to start in production:\n- " + "\n- ".join(found))

    @property
    def is_sqlite(self) -> bool:
        """Whether the city lives in one SQLite file."""
        return self.database_url.startswith("sqlite")


def _database_url(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'vox.sqlite3'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    return url


def _kept_secret(data_dir: Path) -> str:
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _parse(name: str, text: str, kind: object, default: object) -> object:
    if isinstance(default, bool):
        low = text.strip().lower()
        if low in ("1", "true", "yes", "on"):
            return True
        if low in ("0", "false", "no", "off", ""):
            return False
        raise SettingsError(f"{name} is '{text}'; use 1 or 0.")
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise SettingsError(f"{name} is '{text}'; use a whole number.") from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, Path):
        return Path(text)
    return text.strip()


def current_settings() -> Settings:
    """The settings of the running application."""
    settings = current_app.config["VOX"]
    assert isinstance(settings, Settings)
    return settings

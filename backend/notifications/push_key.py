"""The key with which the city signs web push; browsers subscribe to its public half."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid

from backend.core.settings import Settings, SettingsError

FILE = "push.key"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _new() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return _b64(key.private_numbers().private_value.to_bytes(32, "big"))


def _kept(data_dir: Path) -> str:
    """The key in the data folder; whoever comes first makes it, whole or not at all."""
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f"{FILE}.{os.getpid()}.{os.urandom(4).hex()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(_new())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def push_key(settings: Settings) -> Vapid:
    """The private key: of the settings, or made once and kept in the data folder."""
    text = settings.push_private_key or _kept(settings.data_dir)
    try:
        if text.startswith("-----BEGIN"):
            return Vapid.from_pem(text.replace("\\n", "\n").encode())
        return Vapid.from_string(text)
    except Exception as error:
        raise SettingsError(
            "VOX_PUSH_PRIVATE_KEY is not a P-256 private key in PEM or URL-safe base64."
        ) from error


def public_push_key(settings: Settings) -> str:
    """The public half, as a browser's subscription asks for it."""
    public = push_key(settings).public_key
    return _b64(
        public.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    )

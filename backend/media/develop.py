"""Asks the darkroom for a photo, with a limit on time and on how many are developed at once."""

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from flask import g, request

from backend.core.i18n import _
from backend.core.problems import Invalid, TooLarge, Unavailable

P = ParamSpec("P")
R = TypeVar("R")

MOST_BYTES = 20 * 1024 * 1024
MOST_PHOTOS = 5
SECONDS = 25
AT_ONCE = 2
PART_NAMES = ("photos", "photo", "media", "media[]", "file", "files", "image")

_places = threading.BoundedSemaphore(AT_ONCE)
_SCRIPT = Path(__file__).with_name("darkroom.py")


@dataclass(frozen=True, slots=True)
class DevelopedPhoto:
    """A photo rebuilt from its pixels, with what its camera had noted."""

    images: dict[str, bytes]
    sizes: dict[str, tuple[int, int]]
    gps: tuple[float, float] | None
    taken_at: str | None


def develop(data: bytes, field: str = "photos") -> DevelopedPhoto:
    """Develop one photo in a child process; a refusal names the field and the remedy."""
    if not data:
        raise Invalid(errors={field: _("This file is empty. Choose the photo again.")})
    if len(data) > MOST_BYTES:
        raise TooLarge(_("A photo may have %(n)s MB at most.", n=MOST_BYTES // 1024 // 1024))
    if not _places.acquire(timeout=SECONDS):
        raise Unavailable(_("Many photos are arriving. Please send yours again in a moment."))
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-I", str(_SCRIPT)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PATH": os.defpath, "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise Invalid(errors={field: _refusal("size")}) from error
    finally:
        _places.release()
    if done.returncode != 0:
        raise Invalid(errors={field: _refusal(done.stderr.decode(errors="replace")[-8:])})
    return _unpack(done.stdout)


def _refusal(word: str) -> str:
    if "kind" in word:
        return str(
            _("This is not a photo that we can read. Send a JPEG, PNG, WebP or HEIC picture.")
        )
    if "broken" in word:
        return str(_("This photo is damaged. Take it again or choose another."))
    return str(_("This photo is too large to open. Send a smaller one."))


def _unpack(output: bytes) -> DevelopedPhoto:
    (length,) = struct.unpack_from(">I", output)
    header = json.loads(output[4 : 4 + length])
    offset, images, sizes = 4 + length, {}, {}
    for name, (width, height, size) in header["sizes"].items():
        images[name] = output[offset : offset + size]
        sizes[name] = (width, height)
        offset += size
    gps = header["gps"]
    return DevelopedPhoto(images, sizes, tuple(gps) if gps else None, header["taken_at"])


def uploaded_photos() -> list[bytes]:
    """The photo files of this request under any of the names that clients use, bounded."""
    if request.mimetype != "multipart/form-data":
        return []
    found = [
        file
        for name in PART_NAMES
        for file in request.files.getlist(name)
        if file.filename or file.content_length
    ]
    if len(found) > MOST_PHOTOS:
        raise Invalid(errors={"photos": _("Send at most %(n)s photos.", n=MOST_PHOTOS)})
    data = [file.stream.read(MOST_BYTES + 1) for file in found]
    for file in found:
        file.stream.seek(0)
    return data


def photos_developed(view: Callable[P, R]) -> Callable[P, R]:
    """Develop the request's photos before its transaction begins: `developed_photos()` has them.

    Stands outside `@idempotent`, so that no lock is held while pixels are worked on.
    """

    @wraps(view)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
        g.developed_photos = [develop(data) for data in uploaded_photos()]
        return view(*args, **kwargs)

    return prepared


def developed_photos() -> list[DevelopedPhoto]:
    """The photos of this request, developed."""
    return list(getattr(g, "developed_photos", []))

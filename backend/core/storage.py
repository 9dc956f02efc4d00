"""Files: one way to keep bytes, in a folder or on S3."""

import posixpath
from typing import Protocol

import fsspec
from flask import current_app

from backend.core.problems import Unavailable
from backend.core.settings import Settings


class Storage(Protocol):
    """A place that keeps bytes under a key of our own making."""

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes; whole or not at all."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when there are none."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes; no error when there are none."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """All keys below a prefix."""
        ...


class FileStorage:
    """Storage on anything that fsspec reaches: a local folder, S3 or compatible."""

    def __init__(self, url: str, endpoint: str = "") -> None:
        self._s3 = url.startswith("s3://")
        options: dict[str, object] = {}
        if self._s3:
            options["config_kwargs"] = {"connect_timeout": 3, "read_timeout": 10}
            if endpoint:
                options["client_kwargs"] = {"endpoint_url": endpoint}
        self._fs, self._root = fsspec.core.url_to_fs(url, **options)

    def _path(self, key: str) -> str:
        if key.startswith("/") or ".." in key.split("/"):
            raise ValueError("a storage key is made by us and never climbs")
        return posixpath.join(self._root, key)

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key; a half-written file never bears the name."""
        path = self._path(key)
        try:
            if self._s3:
                self._fs.pipe_file(path, data)
                return
            self._fs.makedirs(posixpath.dirname(path), exist_ok=True)
            self._fs.pipe_file(path + ".part", data)
            self._fs.mv(path + ".part", path)
        except OSError as error:
            raise Unavailable() from error

    def get(self, key: str) -> bytes | None:
        """The bytes of a key, or None."""
        try:
            data: bytes = self._fs.cat_file(self._path(key))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable() from error
        return data

    def delete(self, key: str) -> None:
        """Forget a key."""
        try:
            self._fs.rm_file(self._path(key))
        except FileNotFoundError:
            return
        except OSError as error:
            raise Unavailable() from error

    def keys(self, prefix: str) -> list[str]:
        """All keys below a prefix, sorted."""
        try:
            found = self._fs.find(self._path(prefix))
        except FileNotFoundError:
            return []
        return sorted(posixpath.relpath(path, self._root) for path in found)


def make_storage(settings: Settings) -> Storage:
    """The storage of the settings."""
    return FileStorage(settings.storage_url, settings.storage_endpoint)


def storage() -> Storage:
    """The storage of the running application, opened on first use."""
    extensions = current_app.extensions
    if "vox-storage" not in extensions:
        extensions["vox-storage"] = make_storage(current_app.config["VOX"])
    found: Storage = extensions["vox-storage"]
    return found

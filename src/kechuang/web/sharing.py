"""What one process computed, for the others that serve the same workspace and for the next start.

A value lies in ``cache/kept`` of the workspace under its name, with the state it is of. Files are Python's own
format, which may run what it says, so a file is read only where it bears the seal of a key that lies outside the
workspace, in the cache folder of the user who runs the site: a workspace that came from elsewhere cannot bring
values with it. The seal is also of the code, the packs and the territory a value was made by: what another version
made is not read. Nothing here is the truth; all of it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kechuang.packs.parsed import cache_folder

#: Values kept on disk at most; those not written for the longest time go first.
MOST = 24
_SEAL = 32


class Shared:
    """Values of the workspace in ``folder``, sealed with ``key``."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._place, self._key = folder / "cache" / "kept", key

    def last(self, name: str) -> tuple[Any, Any] | None:
        """(state, value) of the last value computed under a name by any process."""
        try:
            content = self._file(name).read_bytes()
        except OSError:
            return None
        seal, text = content[:_SEAL], content[_SEAL:]
        if not hmac.compare_digest(seal, self._seal(name, text)):
            return None
        found: tuple[Any, Any] = pickle.loads(text)
        return found

    def once(self, name: str, state: Any, make: Callable[[], Any]) -> Any:
        """The value of a state: read where another process has it, else made while others wait."""
        with self._turn(name):
            found = self.last(name)
            if found is not None and found[0] == state:
                return found[1]
            value = make()
            self._write(name, state, value)
            return value

    def _file(self, name: str) -> Path:
        return self._place / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.kept"

    def _seal(self, name: str, text: bytes) -> bytes:
        return hmac.digest(self._key, name.encode() + b"\0" + text, "sha256")

    def _write(self, name: str, state: Any, value: Any) -> None:
        text = pickle.dumps((state, value), protocol=5)
        file = self._file(name)
        beside = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            beside.write_bytes(self._seal(name, text) + text)
            beside.replace(file)
            self._tidy()
        except OSError:  # a full or read-only disk: every process computes for itself
            beside.unlink(missing_ok=True)

    def _tidy(self) -> None:
        files = sorted(self._place.glob("*.kept"), key=lambda one: one.stat().st_mtime, reverse=True)
        for file in files[MOST:]:
            file.unlink(missing_ok=True)

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        """One process at a time; all at once where files cannot be locked."""
        try:
            import fcntl

            self._place.mkdir(parents=True, exist_ok=True)
            handle = self._file(name).with_suffix(".lock").open("a")
        except (ImportError, OSError):
            yield
            return
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


_shared: list[Shared] = []


def begin(folder: Path) -> None:
    """From now on values are shared with the other processes that serve ``folder``."""
    mark = _mark(folder)
    _shared[:] = [Shared(folder, hashlib.sha256(_key() + mark).digest())]


def shared() -> Shared | None:
    """Where values are shared; None in a process that does not serve."""
    return _shared[0] if _shared else None


def _key() -> bytes:
    """A secret of this user's on this machine; one of this process and those it forks where it cannot be kept."""
    root, made = cache_folder(), secrets.token_bytes(32)
    try:
        root.mkdir(parents=True, exist_ok=True)
        beside = root / f"kept.{os.getpid()}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(made)
        try:
            os.link(beside, root / "kept.key")  # there whole, or another process's
        except FileExistsError:
            pass
        finally:
            beside.unlink(missing_ok=True)
        found = (root / "kept.key").read_bytes()
    except OSError:
        return made
    return found if len(found) == len(made) else made


def _mark(folder: Path) -> bytes:
    """Changes with everything beside the records that values are made by."""
    package = Path(__file__).parents[1]
    places = [
        *package.rglob("*.py"),
        *package.rglob("*.yaml"),
        *package.rglob("*.json"),
        *package.rglob("*.csv"),
    ]
    places += [*(folder / "packs").rglob("*"), folder / "regions.yaml", folder / "places.csv"]
    digest = hashlib.sha256()
    for path in sorted(places):
        try:
            found = path.stat()
        except OSError:
            continue
        # A workspace that was moved is the same one.
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        digest.update(f"{name}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.digest()

"""What the YAML files of a pack say, kept from run to run: parsing hundreds of small files takes seconds.

The cache is one JSON file a pack in the user's cache folder (``KECHUANG_CACHE``, else
``$XDG_CACHE_HOME/kechuang``), each entry under the digest of the file it was read from: a file that
changed is read again, and a cache that is missing, broken or cannot be written only costs time.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from kechuang.declared import plain, read_yaml

_DAY = "\0day"
"""The key under which a date is kept; no YAML file can hold it."""


class Parsed:
    """The contents of the files of a pack in ``folder``; :meth:`keep` writes what was newly read."""

    def __init__(self, folder: Path) -> None:
        self._file = _place(folder)
        self._known = _read(self._file)
        self._used: dict[str, Any] = {}

    def content(self, path: Path) -> Any:
        """What ``path`` says, without line numbers; KechuangError where it is no YAML."""
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return plain(read_yaml(path))
        if digest not in self._known:
            self._known[digest] = plain(read_yaml(path))
        self._used[digest] = self._known[digest]
        return self._used[digest]

    def keep(self) -> None:
        """Write what was read, where it is not what was kept."""
        if self._used.keys() == _read(self._file).keys():
            return
        try:
            text = json.dumps(self._used, ensure_ascii=False, default=_kept)
            if json.loads(text, object_hook=_restored) != self._used:
                return  # keys that are no text: read anew each time
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            beside.write_text(text, "utf-8")
            beside.replace(self._file)
        except (OSError, TypeError, ValueError):
            return


def cache_folder() -> Path:
    """Where this user keeps what can be made again."""
    base = os.environ.get("KECHUANG_CACHE")
    cache = os.environ.get("XDG_CACHE_HOME")
    return Path(base) if base else (Path(cache) if cache else Path.home() / ".cache") / "kechuang"


def _place(folder: Path) -> Path:
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return cache_folder() / "packs" / f"{folder.name}-{name}.json"


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"), object_hook=_restored)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    raise TypeError(type(value).__name__)


def _restored(content: dict[str, Any]) -> Any:
    return date.fromisoformat(content[_DAY]) if _DAY in content else content

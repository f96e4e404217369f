"""What a backup says of itself: every file with its digest, and the state of the records it holds."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kechuang.errors import Fault, KechuangError, Place, system_trouble
from kechuang.messages import say

FORMAT = 1
NAME = "backup.json"
#: The database inside a backup: a whole SQLite file, or an archive of ``pg_dump``.
SQLITE, POSTGRESQL = "kechuang.db", "database.dump"
PIECE = 1 << 20


@dataclass(frozen=True)
class Part:
    """One file of a backup: its path below the workspace, SHA-256 and bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """``database`` is ``sqlite`` or ``postgresql``; ``entries`` and ``head`` are the length and the last hash
    of the audit chain in it; ``snapshots`` says whether the snapshots are in it."""

    program: str
    made_at: datetime
    name: str
    region: str
    database: str
    entries: int
    head: str
    snapshots: bool
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(part.size for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "parts": [part.__dict__ for part in self.parts],
        }

    def text(self) -> str:
        """As it stands in the backup."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def of(cls, content: Any) -> Manifest:
        """The manifest that ``content`` keeps; ValueError, KeyError or TypeError where it is none."""
        if content["format"] != FORMAT:
            raise ValueError("format")
        parts = tuple(Part(one["path"], one["sha256"], one["size"]) for one in content["parts"])
        if any(not _inside(part.path) for part in parts) or len({part.path for part in parts}) < len(parts):
            raise ValueError("path")
        told = ("program", "name", "region", "database", "entries", "head", "snapshots")
        return cls(
            **{name: content[name] for name in told},
            made_at=datetime.fromisoformat(content["made_at"]),
            parts=parts,
        )


def _inside(path: str) -> bool:
    """Whether a path stays below the folder it is unpacked into, on any system."""
    pure = PurePosixPath(path)
    return bool(path) and not pure.is_absolute() and ".." not in pure.parts and not set(path) & set("\\:\0")


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup with its manifest; KechuangError where ``file`` is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive, Manifest.of(json.loads(archive.read(NAME)))
    except OSError as error:
        raise KechuangError(
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(file)),
        ) from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError):
        raise KechuangError(
            "not-a-backup",
            say("这不是科创的备份，或已损坏"),
            place=Place(file=str(file)),
            remedy=say("请用 kechuang backup 做出的文件；它若已损坏，请用另一份备份。"),
        ) from None


def check(file: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were; KechuangError naming every one that is not."""
    with opened(file) as (archive, manifest):
        faults = [fault for part in manifest.parts for fault in _wrong(archive, part, file)]
    if faults:
        raise damaged(file, faults)
    return manifest


def _wrong(archive: zipfile.ZipFile, part: Part, file: Path) -> list[Fault]:
    try:
        with archive.open(part.path) as stream:
            digest, size = read(stream)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, ValueError):
        return [Fault("backup-part", say("{path} 不在备份中，或读不出来", path=part.path), Place(str(file)))]
    if (digest, size) == (part.sha256, part.size):
        return []
    return [Fault("backup-part", say("{path} 与备份时不同", path=part.path), Place(str(file)))]


def damaged(file: Path, faults: list[Fault]) -> KechuangError:
    """The error of a backup with files that are not as they were."""
    return KechuangError(
        "backup-damaged",
        say("备份中有{n}个文件不完整，没有恢复", n=len(faults)),
        place=Place(file=str(file)),
        remedy=say("请用另一份备份。"),
        faults=faults,
    )


def read(stream: IO[bytes], into: IO[bytes] | None = None) -> tuple[str, int]:
    """Digest and size of what ``stream`` gives, copied ``into`` a file where one is given."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        digest.update(piece)
        size += len(piece)
        if into is not None:
            into.write(piece)
    return digest.hexdigest(), size

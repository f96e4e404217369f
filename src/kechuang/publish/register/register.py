"""The register of what was published: an entry of the audit chain each, and its content in a file.

The entry names the digest of the file, ``published/DIGEST.json``; the definitions it was made by lie in
``published/basis/DIGEST.json``, once for all publications that share them. Files are only added. What the
chain does not name is not published, whatever lies in the folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.publish.register.publication import Document, Publication
from kechuang.records import database
from kechuang.records.clock import day_of, stamp
from kechuang.records.models import Event
from kechuang.records.workflow.acts import act, acts, next_number
from kechuang.whole import whole

ACTION = "publish"


@dataclass(frozen=True)
class Entry:
    """A publication as the chain names it: its number, when and by whom, and the digests of its files."""

    number: str
    digest: str
    basis: str


@dataclass
class Register:
    """What was published from the workspace in ``folder``, whose records are behind ``alias``."""

    alias: str
    folder: Path

    @property
    def place(self) -> Path:
        """Where the files lie."""
        return self.folder / "published"

    # -- adding -----------------------------------------------------------------------------------

    def add(
        self, content: Mapping[str, Any], basis: Mapping[str, Any], paths: Sequence[Path], at: datetime
    ) -> Publication:
        """Enter a publication: ``content`` as :class:`Publication` keeps it but for number, day, moment,
        digest of the basis and documents, which are given here. Whole or not at all."""
        documents = [self._document(path) for path in paths]
        below = self._written(self.place / "basis", basis)
        made: list[Path] = []
        try:
            with database.writing(self.alias):
                number = next_number(self.alias, "P", ACTION, at)
                publication = Publication.of(
                    {
                        **content,
                        "number": number,
                        "day": day_of(at).isoformat(),
                        "at": stamp(at),
                        "basis": below.stem,
                        "documents": [one.__dict__ for one in documents],
                    }
                )
                there = set(self.place.glob("*.json"))
                file = self._written(self.place, publication.as_dict())
                made = [] if file in there else [file]
                detail = {
                    "digest": file.stem,
                    "basis": below.stem,
                    "kind": publication.kind,
                    "language": publication.language,
                    "as_of": publication.as_of.isoformat(),
                    "figures": len(publication.figures),
                    "snapshots": publication.snapshots,
                    "documents": [one.__dict__ for one in documents],
                }
                act(self.alias, ACTION, who=publication.who, at=at, detail=detail, subject=number)
        except BaseException:
            for file in made:
                file.unlink(missing_ok=True)
            raise
        self.__dict__.pop("entries", None)
        return publication

    def _document(self, path: Path) -> Document:
        content = path.read_bytes()
        resolved = path.expanduser().resolve()
        inside = resolved.is_relative_to(self.folder.resolve())
        name = resolved.relative_to(self.folder.resolve()).as_posix() if inside else str(resolved)
        return Document(name, hashlib.sha256(content).hexdigest(), len(content))

    def _written(self, folder: Path, content: Mapping[str, Any]) -> Path:
        """The file of ``content``, named by the digest of its bytes."""
        raw = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
        path = folder / f"{hashlib.sha256(raw).hexdigest()}.json"
        with whole(path, say("请核对文件夹的写入权限和磁盘空间。")) as beside:
            folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(raw)
        return path

    # -- reading ----------------------------------------------------------------------------------

    @cached_property
    def entries(self) -> list[Entry]:
        """Every publication, first to last, as the chain has it."""
        return [_entry(event) for event in acts(self.alias, ACTION)]

    def all(self) -> list[Publication]:
        """Every publication whose file is whole, first to last."""
        found = (self.read(entry) for entry in self.entries)
        return [one for one in found if isinstance(one, Publication)]

    def get(self, number: str) -> Publication:
        """The publication called ``number``, or the N-th; KechuangError where there is none, or its file is
        not as it was written."""
        places = {entry.number: entry for entry in self.entries}
        if number.isdigit() and 0 < int(number) <= len(self.entries):
            places.setdefault(number, self.entries[int(number) - 1])
        entry = places.get(number)
        if entry is None:
            raise KechuangError(
                "unknown-publication",
                say("没有编号为“{number}”的发布", number=number),
                remedy=say("可用 kechuang publish list 查看全部发布。"),
            )
        found = self.read(entry)
        if isinstance(found, Fault):
            raise KechuangError(found.code, found.message, place=found.place)
        return found

    def read(self, entry: Entry) -> Publication | Fault:
        """The publication of an entry, or what is wrong with its file."""
        content = self._content(self.place / f"{entry.digest}.json", entry)
        if isinstance(content, Fault):
            return content
        try:
            return Publication.of(content)
        except (KeyError, TypeError, ValueError):
            return self._changed(self.place / f"{entry.digest}.json", entry)

    def basis(self, entry: Entry) -> dict[str, Any] | Fault:
        """The definitions of a publication as they were, or what is wrong with their file."""
        return self._content(self.place / "basis" / f"{entry.basis}.json", entry)

    def _content(self, path: Path, entry: Entry) -> dict[str, Any] | Fault:
        try:
            raw = path.read_bytes()
        except OSError:
            return Fault(
                "publication-missing",
                say("发布{number}的登记文件已不在", number=entry.number),
                Place(file=str(path)),
            )
        if hashlib.sha256(raw).hexdigest() != path.stem:
            return self._changed(path, entry)
        content: dict[str, Any] = json.loads(raw)
        return content

    @staticmethod
    def _changed(path: Path, entry: Entry) -> Fault:
        return Fault(
            "publication-changed",
            say("发布{number}的登记文件被改动过", number=entry.number),
            Place(file=str(path)),
        )

    def verify(self) -> list[Fault]:
        """Files that are gone or no longer as they were written."""
        found = [part for entry in self.entries for part in (self.read(entry), self.basis(entry))]
        faults = {(part.code, part.place): part for part in found if isinstance(part, Fault)}
        return list(faults.values())


def _entry(event: Event) -> Entry:
    return Entry(event.batch, event.detail["digest"], event.detail["basis"])

"""The journal of a plan: ``journal.jsonl``, one JSON object a line, each entry hashing the one before.

Entries are only ever added. A new state of the file is written beside it, forced to the disk and then
takes its place, under a lock: an addition is there whole or not at all, whatever happens in between.
``journal.head`` names the last entry, so that entries cut off at the end show as well. A person who
rewrites both files leaves a sound chain: keep the head's hash elsewhere (in a printed record, say) to
prove a journal against its own keeper.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kechuang.errors import Fault, KechuangError, Place, system_trouble
from kechuang.messages import Message, say
from kechuang.plan.file import writing
from kechuang.plan.preparation.days import stamp
from kechuang.plan.preparation.events import KINDS, Content

START = "0" * 64
_KEYS = ("n", "at", "who", "kind", "content", "previous", "hash")


@dataclass(frozen=True)
class Entry:
    """One line: its number from 1, the moment (ISO 8601, Beijing time), who, what kind, what."""

    n: int
    at: str
    who: str
    kind: str
    content: Content
    previous: str
    hash: str

    @property
    def day(self) -> date:
        """The day it was entered."""
        return date.fromisoformat(self.at[:10])


@dataclass(frozen=True)
class New:
    """An entry to be added."""

    kind: str
    content: Content


class Journal:
    """The journal at ``path``; it need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = path.with_suffix(".head")
        self._lock = path.with_name(f".{path.name}.lock")

    @property
    def exists(self) -> bool:
        return self.path.exists() or self.head.exists()

    def read(self) -> list[Entry]:
        """All entries in order; KechuangError (journal-broken) with every broken line and its number."""
        entries, faults = self._judged(self._bytes(self.path))
        faults += self._cut(entries) if not faults else []
        if faults:
            raise KechuangError(
                "journal-broken",
                say("编制日志有{n}处对不上，可能被改动过或没有写完", n=len(faults)),
                place=Place(file=str(self.path)),
                remedy=say("日志只能由命令追加；请从备份恢复这份日志及其 .head 文件，或查明是谁改动的。"),
                faults=faults,
            )
        return entries

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes while inside. Not re-entrant."""
        with writing(self._lock):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            stream = self._lock.open("a+b")
        with stream:
            _lock(stream.fileno())
            yield  # closing the file gives the lock back, also when the process dies

    def append(self, entries: Sequence[Entry], new: Sequence[New], who: str, at: datetime) -> list[Entry]:
        """``entries`` (as just read, inside :meth:`locked`) followed by ``new`` ones, on the disk.

        KechuangError where the clock stands before the last entry, or the disk refuses.
        """
        moment = stamp(at)
        if entries and moment < entries[-1].at:
            raise KechuangError(
                "clock-backwards",
                say("现在的时间{now}早于日志中最后一次登记{last}", now=moment, last=entries[-1].at),
                remedy=say("请核对本机的日期和时间。"),
            )
        made = list(entries)
        for item in new:
            made.append(_sealed(item, len(made) + 1, moment, who, made[-1].hash if made else START))
        if len(made) == len(entries):
            return made
        before = self._bytes(self.path)
        lines = "".join(_line(entry) + "\n" for entry in made[len(entries) :])
        with writing(self.path):
            _replace(self.path, before + lines.encode())
            # After the journal: stopped in between, the head names an entry that is still there.
            _replace(self.head, f"{made[-1].n} {made[-1].hash}\n".encode())
        return made

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise KechuangError(
                "file-unreadable",
                say("文件读不出来：{problem}", problem=system_trouble(error)),
                place=Place(file=str(path)),
            ) from None

    def _judged(self, content: bytes) -> tuple[list[Entry], list[Fault]]:
        entries: list[Entry] = []
        faults: list[Fault] = []
        previous = START
        lines = content.split(b"\n")
        unfinished = lines.pop()
        for number, line in enumerate(lines, start=1):
            entry, problem = _parsed(line, number)
            if entry is not None and problem is None and entry.previous != previous:
                problem = say("与前一条不相接：其间有登记被删去、插入或改动")
            if problem is not None:
                faults.append(self._fault(problem, number))
            previous = entry.hash if entry is not None else START
            if entry is not None:
                entries.append(entry)
            elif len(lines) > number:
                # What follows cannot be judged against a line nobody can read: take its own word once.
                previous = _named(lines[number]) or START
        if unfinished:
            faults.append(self._fault(say("最后一行没有写完"), len(lines) + 1))
        return entries, faults

    def _cut(self, entries: Sequence[Entry]) -> list[Fault]:
        """The head against the entries: it must name one of them, the last or the one before an interruption."""
        words = self._bytes(self.head).decode("utf-8", "replace").split()
        if not words:
            # Nothing yet, or stopped between the first entries and their head; only one addition can be.
            if not entries or len({entry.at for entry in entries}) == 1:
                return []
            problem = say("缺少 {file}，无法判断末尾是否被删去", file=self.head.name)
            return [Fault("journal-broken", problem, Place(file=str(self.head)))]
        if len(words) == 2 and words[0].isascii() and words[0].isdigit():
            number = int(words[0])
            if 1 <= number <= len(entries) and entries[number - 1].hash == words[1]:
                return []
            if number > len(entries):
                problem = say("应有{n}条，只有{have}条：末尾的登记被删去", n=number, have=len(entries))
                return [self._fault(problem, len(entries) + 1)]
        problem = say("{file} 与日志不符", file=self.head.name)
        return [Fault("journal-broken", problem, Place(file=str(self.head)))]

    def _fault(self, problem: Message, line: int) -> Fault:
        return Fault("journal-broken", problem, Place(file=str(self.path), line=line))


def digest_of(value: Any) -> str:
    """The SHA-256 of a value as JSON with sorted keys."""
    return hashlib.sha256(_text(value).encode()).hexdigest()


def _sealed(item: New, number: int, at: str, who: str, previous: str) -> Entry:
    entry = Entry(number, at, who, item.kind, item.content, previous, "")
    sealed = Entry(number, at, who, item.kind, item.content, previous, _hash(entry))
    read, problem = _parsed(_line(sealed).encode(), number)
    if read is None or problem is not None:  # never write what could not be read again
        raise ValueError(f"entry {number} of kind {item.kind} does not survive being written: {problem}")
    return read


def _hash(entry: Entry) -> str:
    return digest_of([entry.n, entry.at, entry.who, entry.kind, _plain(entry.content), entry.previous])


def _plain(content: Content) -> dict[str, Any]:
    found: dict[str, Any] = content.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return found


def _line(entry: Entry) -> str:
    values = {name: getattr(entry, name) for name in _KEYS}
    values["content"] = _plain(entry.content)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _parsed(line: bytes, number: int) -> tuple[Entry | None, Message | None]:
    """The entry in a line, and what is wrong with it."""
    try:
        values = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None, say("不是一条登记")
    if not isinstance(values, dict) or tuple(values) != _KEYS:
        return None, say("不是一条登记")
    model = KINDS.get(values["kind"]) if isinstance(values["kind"], str) else None
    if model is None:
        return None, say("没有“{kind}”这种登记；可能由更新的版本写成", kind=values["kind"])
    if not all(isinstance(values[name], str) for name in ("at", "who", "previous", "hash")):
        return None, say("不是一条登记")
    try:
        content = model.model_validate_json(json.dumps(values["content"], ensure_ascii=False))
        entry = Entry(**{**values, "content": content})
        datetime.fromisoformat(entry.at)
    except (ValidationError, ValueError):
        return None, say("内容不合“{kind}”的格式", kind=values["kind"])
    if entry.n != number or type(values["n"]) is not int:
        return entry, say("编号应为{n}，是{found}", n=number, found=values["n"])
    if _hash(entry) != entry.hash or _line(entry).encode() != line:
        return entry, say("内容被改动过：与其校验值不符")
    return entry, None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _named(line: bytes) -> str | None:
    """Which entry a line says it follows."""
    with suppress(ValueError, RecursionError, AttributeError):
        found = json.loads(line).get("previous")
        return found if isinstance(found, str) else None
    return None


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The new name itself onto the disk; systems without it (Windows) do so on their own."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(handle, fcntl.LOCK_EX)

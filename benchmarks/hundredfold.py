"""The example a hundred times: every record of a register again, under keys of its own and its references with it.

What is reported once a county and year (accounts, budgets) has no second key and stays as it is: the prefecture
does not get more counties. Everything goes in through the import, checks and audit chain as an office's files do.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

#: How many records a file has at most.
FILE_ROWS = 200_000


class _Keys:
    """The key of a copy: another of the same shape, the same for the same value and copy."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self._made: dict[tuple[str, int], str] = {}

    def of(self, kind: str, value: str, copy: int) -> str:
        made = self._made.get((value, copy))
        if made is None:
            tries = (_shaped(kind, value, f"{value} {copy} {attempt}") for attempt in count())
            made = next(one for one in tries if one not in self.taken)
            self.taken.add(made)
            self._made[value, copy] = made
        return made


def _shaped(kind: str, value: str, seed: str) -> str:
    """A value like ``value``: what it begins with says where or when, the rest is of the seed."""
    from kechuang.records.uscc import check_digit

    drawn = int.from_bytes(sha256(seed.encode()).digest()[:8], "big")
    if kind == "uscc":
        body = f"{value[:8]}{drawn % 10**9:09d}"
        return body + check_digit(body)
    if kind == "number":
        return f"{value[:-6]}{drawn % 10**6:06d}"
    return f"{value}-{drawn % 10**7:07d}"


def multiply(
    folder: Path, report: Callable[[str, int], None] = lambda name, rows: None, copies: int = 99
) -> int:
    """Record ``copies`` copies of what stands in the workspace; how many records there are then."""
    from kechuang.workspace import Workspace

    workspace = Workspace.open(folder)
    packs, today = workspace.packs, workspace.today
    sizes = workspace.snapshot().tables
    keys: dict[str, _Keys] = {}
    total = 0
    for name in _ordered(packs, [one for one, size in sizes.items() if size]):
        record_type = packs.records[name]
        rows = [dict(one.data) for one in workspace.store.as_of(today, name)]
        total += len(rows)
        moved = _moved(record_type, packs)
        if not any(field in record_type.key for field in moved):
            continue
        for field, (home, _) in moved.items():
            keys.setdefault(home, _Keys()).taken.update(str(row[field]) for row in rows if row.get(field))
        every = _copies(rows, moved, keys, copies)
        for number, part in enumerate(_parts(every)):
            file = folder / "records" / f"{name}-{number}.csv"
            with file.open("w", encoding="utf-8", newline="") as stream:
                book = csv.writer(stream)
                book.writerow(list(record_type.fields))
                book.writerows([_cell(row.get(field)) for field in record_type.fields] for row in part)
            result = workspace.store.import_files([file], type=name, who="bench", nature="sample")
            if not result.ok:
                raise SystemExit(f"{name}: {result.as_dict()['errors'][:3]}")
            file.unlink()
            total += result.rows
            report(name, result.rows)
    return total


def _moved(record_type: Any, packs: Any) -> dict[str, tuple[str, str]]:
    """The fields a copy has values of its own in: field → (the register it is the key of, its shape)."""
    found = {}
    own = {
        *record_type.key,
        *(name for one in record_type.compare if one.kind == "unique" for name in one.fields),
    }
    for name, spec in record_type.fields.items():
        home = spec.reference or (f"{record_type.id}.{name}" if name in own else "")
        if spec.type == "uscc" and home:
            found[name] = ("uscc", "uscc")
        elif spec.type == "text" and home:
            other, _, field = home.partition(".")
            pattern = packs.records[other].fields[field].pattern
            if not pattern or pattern.endswith("d{12}"):
                found[name] = (home, "number" if pattern else "text")
    return found


def _copies(
    rows: list[dict[str, Any]], moved: dict[str, tuple[str, str]], keys: dict[str, _Keys], copies: int
) -> Iterator[dict[str, Any]]:
    for copy in range(1, copies + 1):
        for row in rows:
            own = {
                field: keys[home].of(kind, str(row[field]), copy)
                for field, (home, kind) in moved.items()
                if row.get(field)
            }
            yield {**row, **own}


def _parts(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == FILE_ROWS:
            yield part
            part = []
    if part:
        yield part


def _ordered(packs: Any, names: list[str]) -> list[str]:
    """Registers before those that refer to them."""
    done: list[str] = []

    def visit(name: str, on_the_way: frozenset[str] = frozenset()) -> None:
        if name in done or name in on_the_way or name not in names:
            return
        for spec in packs.records[name].fields.values():
            if spec.reference:
                visit(spec.reference.partition(".")[0], on_the_way | {name})
        done.append(name)

    for name in names:
        visit(name)
    return done


def _cell(value: Any) -> Any:
    return "" if value is None else int(value) if isinstance(value, bool) else value


if __name__ == "__main__":
    print(
        multiply(
            Path(sys.argv[1]),
            lambda name, rows: print(f"{name}: {rows:,}", flush=True),
            *(int(one) for one in sys.argv[2:3]),
        )
    )

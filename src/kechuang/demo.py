"""Builds an example workspace and runs the whole road on it.

An example is a workspace folder whose ``records/arrivals.csv`` lists the files of its inbox in the
order they came in (file, type, arrived, who, nature, reviewer). They are imported with the clock set
to that day, so that the example has a past: what was known on any day can be asked.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.records.clock import BEIJING
from kechuang.settings import FILE, read_settings
from kechuang.workspace import Report, Workspace

ARRIVALS = Path("records") / "arrivals.csv"
#: Office hours: a return that arrives on a day is recorded at nine in the morning.
MORNING = time(9, 0)


@dataclass(frozen=True)
class Arrival:
    """One file of the inbox and the day it came in."""

    file: Path
    type: str | None
    arrived: date
    who: str
    nature: str
    reviewer: str | None


def example_folder(name: str) -> Path:
    """The folder of the example called ``name``: packaged, or beside the sources of a checkout."""
    package = Path(__file__).parent
    for folder in (package / "examples" / name, package.parents[1] / "examples" / name):
        if (folder / FILE).is_file():
            return folder
    raise KechuangError(
        "example-missing",
        say("安装中缺少示例“{name}”", name=name),
        remedy=say("请重新安装，或从源代码目录运行。"),
    )


def build_example(folder: Path, name: str, report: Report) -> Workspace:
    """The example ``name`` in ``folder``: copied there if new, and every arrival recorded once.

    Refuses a folder that holds anything but this example.
    """
    _copy(example_folder(name), folder, name)
    now = datetime.now().astimezone()
    moment = [now]
    workspace = Workspace.open(folder, clock=lambda: moment[0])
    known = workspace.store.imported_files()
    today = workspace.today
    arrivals = [
        item
        for item in arrivals_of(workspace.folder)
        if item.file.name not in known and item.arrived <= today
    ]
    for done, (arrival, at) in enumerate(_moments(arrivals)):
        report(arrival.file.name, done, len(arrivals))
        moment[0] = at
        result = workspace.store.import_files(
            [arrival.file],
            type=arrival.type,
            who=arrival.who,
            nature=arrival.nature,
            reviewer=arrival.reviewer,
        )
        faults = [fault for fault in result.faults if fault.severity == "error"]
        if faults:
            raise KechuangError(
                "example-broken", say("示例文件 {file} 未能导入", file=arrival.file.name), faults=faults
            )
    return Workspace.open(folder)


def underway(period: tuple[int, int] | None, today: date) -> date | None:
    """A day on which a plan that is over was well underway: the middle of its last year but one.

    >>> underway((2021, 2025), date(2026, 11, 25))
    datetime.date(2024, 6, 30)
    """
    if period is None or today <= date(period[1], 12, 31):
        return None
    return date(max(period[1] - 1, period[0]), 6, 30)


def arrivals_of(folder: Path) -> list[Arrival]:
    """The arrivals of an example, in order of their day."""
    path = folder / ARRIVALS
    found: list[Arrival] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), start=2):
            try:
                found.append(
                    Arrival(
                        file=folder / "records" / "inbox" / row["file"],
                        type=row["type"] or None,
                        arrived=date.fromisoformat(row["arrived"]),
                        who=row["who"],
                        nature=row["nature"],
                        reviewer=row["reviewer"] or None,
                    )
                )
            except (KeyError, ValueError):
                raise KechuangError(
                    "example-broken", say("到达清单有误"), place=Place(file=str(path), line=line)
                ) from None
    return sorted(found, key=lambda item: item.arrived)


def _moments(arrivals: list[Arrival]) -> Iterator[tuple[Arrival, datetime]]:
    """Each arrival with its moment: minutes apart on one day, so that their order is kept."""
    last: datetime | None = None
    for arrival in arrivals:
        at = datetime.combine(arrival.arrived, MORNING, BEIJING)
        if last is not None and at <= last:
            at = last + timedelta(minutes=1)
        last = at
        yield arrival, at


def _copy(source: Path, folder: Path, name: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise KechuangError("folder-taken", say("{folder} 是一个文件", folder=folder))
    if folder.is_dir() and any(folder.iterdir()):
        if (folder / FILE).is_file() and read_settings(folder).example == name:
            return
        raise KechuangError(
            "folder-not-empty",
            say("{folder} 已存在且不是这个示例的工作区", folder=folder),
            remedy=say("请另给一个文件夹，如 kechuang demo my-demo。"),
        )
    # What made the example (scripts and their folder ``sample``) is not part of the workspace.
    aside = shutil.ignore_patterns("*.py", "__pycache__", "sample")
    target = folder.absolute()
    beside = target.parent / f".{target.name}.{os.getpid()}"
    try:
        shutil.copytree(source, beside, ignore=aside)
        if target.is_dir():  # empty: what is in it takes its place, for it may be the current folder
            for part in beside.iterdir():
                part.rename(target / part.name)
        else:
            beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)

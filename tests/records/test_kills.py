"""Imports killed at any moment, fifty times over, and two processes that bring the same file at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kechuang.records.database import close
from kechuang.records.models import Batch, Version

KILLS = 50

#: Imports files one after another, for ever: each brings other amounts, so each is stored.
PREPARED = """
import os, random, signal, sys, time
from pathlib import Path
import kechuang.records.tables, python_calamine
from django.core.management.commands import migrate  # so that a child has nothing left to load
from kechuang.language.regions import RegionTree
from kechuang.packs import load_packs
from kechuang.records.database import connect
from kechuang.records.store import Store

database, folder = sys.argv[1], Path(sys.argv[2])
packs, regions = load_packs(["st-core"]), RegionTree.national()
regions.find("安吉县", within="330500")

def store():
    alias = connect(database if "://" in database else Path(database))
    return Store(alias, packs, regions, files=folder / "files", region="330500")
"""

KILLED = (
    PREPARED
    + """
kills, dice, hot = int(sys.argv[3]), random.Random(int(sys.argv[4])), 0
paths = sorted(folder.glob("in*.csv"))
began = time.monotonic()
if os.fork() == 0:
    store().import_files([paths[0]], who="甲")
    os._exit(0)
assert os.wait()[1] == 0
longest = 1.6 * (time.monotonic() - began)
for number in range(kills):
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            mine = store()
            os.write(tell, b".")
            for turn in range(1000):
                mine.import_files([paths[(number + turn) % len(paths)]], who="甲")
        finally:
            os._exit(1)
    os.read(told, 1)  # it has begun
    time.sleep(dice.uniform(0, longest))
    until = time.monotonic() + 60
    while number % 2 and "://" not in database and time.monotonic() < until:
        if os.path.exists(database + "-journal"):  # every second one dies while it writes
            time.sleep(dice.uniform(0, 0.02))
            break
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    os.close(told), os.close(tell)
    hot += os.path.exists(database + "-journal")
print(hot)
"""
)

AT_ONCE = (
    PREPARED
    + """
import json
mine = store()
print("ready", flush=True)
sys.stdin.readline()
result = mine.import_files([folder / "in0.csv"], who=sys.argv[3])
print(json.dumps([result.ok, result.repeated]))
"""
)


def files(office: Any, number: int, rows: int) -> None:
    for turn in range(number):
        office.write(f"in{turn}.csv", *[office.survey(n, amount=turn + 1) for n in range(rows)])


def test_imports_killed_at_any_moment_leave_no_half_batch(office: Any, database: str | Path) -> None:
    rows = 2000
    files(office, 4, rows)
    close(office.store.alias)
    arguments = [str(database), str(office.folder), str(KILLS), "7"]
    ran = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    if "://" not in str(database):
        assert int(ran.stdout) > 3, "kills in the middle of writing"
    alias = office.store.alias
    batches = {batch.id: batch for batch in Batch.objects.using(alias)}
    assert len(batches) > 1, "some imports came to their end, besides the first"
    held = Counter(Version.objects.using(alias).values_list("batch_id", flat=True))
    assert held == {name: batch.rows for name, batch in batches.items()}
    assert office.store.verify() == []
    office.at(date(2030, 1, 1))
    assert len(office.store.as_of(date(2030, 1, 1), "rd_survey")) == rows
    result = office.bring(office.write("after.csv", office.survey(1, amount=99)))
    assert result.ok and not list((office.folder / "files").glob(".*"))


@pytest.mark.parametrize("turn", range(2))
def test_two_processes_bring_the_same_file(office: Any, database: str | Path, turn: int) -> None:
    files(office, 1, 2000)
    close(office.store.alias)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, str(database), str(office.folder), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("甲", "乙")
    ]
    for process in running:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [json.loads(process.communicate(timeout=600)[0]) for process in running]
    assert sorted(told) == [[True, False], [True, True]], "both end well, one hears it was there already"
    assert len(office.store.batches()) == 1 and office.stored() == (1, 2000)
    assert office.store.verify() == []

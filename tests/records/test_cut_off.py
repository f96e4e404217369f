"""A machine that goes down in the middle of an import, and two officers at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.records.database import close, connect
from kechuang.records.store import Store

DIES = """
import os, sys
from pathlib import Path
from kechuang.language.regions import RegionTree
from kechuang.packs import load_packs
from kechuang.records import importing
from kechuang.records.database import connect
from kechuang.records.store import Store
enter = importing.audit.enter
def die(*args, **more):
    enter(*args, **more)
    os.kill(os.getpid(), 9)
importing.audit.enter = die
store = Store(connect(sys.argv[1]), load_packs(["st-core"]), RegionTree.national(), files=Path("files"))
store.import_files([sys.argv[2]], who="甲")
"""


def test_a_process_killed_before_the_end_leaves_nothing(tmp_path: Path, packs: Packs, office: Any) -> None:
    database = tmp_path / "own.db"
    alias = connect(database)
    close(alias)
    path = office.write("a.csv", *[office.survey(n) for n in range(500)])
    ran = subprocess.run(
        [sys.executable, "-c", DIES, str(database), str(path)], cwd=tmp_path, capture_output=True, check=False
    )
    assert ran.returncode == -9, ran.stderr.decode()
    store = Store(alias, packs, RegionTree.national(), clock=lambda: date(2030, 1, 1), files=tmp_path / "f")
    assert store.batches() == [] and store.as_of(date(2030, 1, 1), "rd_survey") == []
    assert store.verify() == []
    result = store.import_files([path], who="甲")
    assert result.ok and not result.repeated and len(store.as_of(date(2030, 1, 1), "rd_survey")) == 500


def test_two_imports_at_once_are_both_stored(office: Any) -> None:
    paths = [office.write(f"{n}.csv", *[office.survey(i, amount=n) for i in range(50)]) for n in range(4)]
    failures: list[BaseException] = []

    def bring(path: Path) -> None:
        try:
            assert office.bring(path).ok
        except BaseException as error:
            failures.append(error)
        finally:
            close(office.store.alias)

    threads = [threading.Thread(target=bring, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({batch.id for batch in office.store.batches()}) == 4
    versions = office.store.history("rd_survey", [office.code(1), 2024])
    assert [version.number for version in versions] == [1, 2, 3, 4]
    assert office.store.verify() == []

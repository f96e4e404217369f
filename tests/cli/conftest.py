"""Runs commands in this process, and builds the example once for all tests that only read it."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kechuang.cli.run import main


@dataclass(frozen=True)
class Ran:
    """What a command left: exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def kechuang(*arguments: object) -> Ran:
    """Run ``kechuang ARGUMENTS`` in this process."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["kechuang", *map(str, arguments)]
    status = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    finally:
        sys.argv = before
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return Ran(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def run() -> Callable[..., Ran]:
    return kechuang


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example workspace, built once; tests that change it take ``own_demo``."""
    folder = tmp_path_factory.mktemp("example") / "demo"
    ran = kechuang("demo", folder)
    assert ran.status == 0, ran.err
    (folder.parent / "printed.txt").write_text(ran.out, "utf-8")
    return folder


@pytest.fixture
def own_demo(demo: Path, tmp_path: Path) -> Path:
    """A copy of the example that a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "own"))

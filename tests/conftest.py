"""What all tests share: programs that may be missing, and the development data beside the repository."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kechuang.messages import in_language

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
# What the tests' commands keep from run to run stays out of the user's own cache.
os.environ.setdefault("KECHUANG_CACHE", str(ROOT / ".pytest_cache" / "kechuang"))

# No example has a deadline: a loaded machine is no fault of the code. The gate draws the same examples each
# time, so that its answer hangs on the code alone; a developer's runs go on looking for others.
settings.register_profile("house", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("KECHUANG_REQUIRE_PROGRAMS") else "house")

PROGRAMS = {"browser": ("chromium",), "office": ("soffice", "pdftoppm", "pdftotext")}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, saying so, what this machine cannot run; in the gate a missing program is a failure."""
    for marker, programs in PROGRAMS.items():
        if item.get_closest_marker(marker):
            missing = [program for program in programs if shutil.which(program) is None]
            if missing and os.environ.get("KECHUANG_REQUIRE_PROGRAMS"):
                pytest.fail(f"missing on this machine: {', '.join(missing)}")
            if missing:
                pytest.skip(
                    f"missing on this machine: {', '.join(missing)} (kechuang doctor says how to install)"
                )
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        pytest.skip("the development data (../shared) is not here")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test begins in Chinese, whatever language the one before it left behind."""
    with in_language("zh"):
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the repository."""
    return SHARED

"""The example's plan as a draft or as issued, put back after each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.conftest import Site


@pytest.fixture(scope="module")
def original(site: Site) -> str:
    return (site.folder / "plan" / "plan.yaml").read_text("utf-8")


@pytest.fixture
def draft(site: Site, original: str) -> Iterator[Path]:
    """The example's plan as a draft nobody has confirmed; its journal begins with the test."""
    yield _reset(site, original.replace("status: confirmed", "status: draft"))
    _reset(site, original)


@pytest.fixture
def issued(site: Site, original: str) -> Iterator[Path]:
    """The example's plan, confirmed and issued."""
    yield _reset(site, original)
    _reset(site, original)


def _reset(site: Site, text: str) -> Path:
    folder = site.folder / "plan"
    for path in [
        *folder.glob("journal.*"),
        *folder.glob("versions/*"),
        *folder.glob("draft.yaml"),
        *folder.glob("consultation/*"),
    ]:
        path.unlink()
    (folder / "plan.yaml").write_text(text, "utf-8")
    return folder / "plan.yaml"

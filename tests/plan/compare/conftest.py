"""What tests of comparisons share: making sides from words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kechuang.plan.compare import Side, open_side


@pytest.fixture
def side(tmp_path: Path) -> Callable[[str, str], Side]:
    """A side read from a text: ``side(text, name)``."""

    def make(text: str, name: str = "a.txt") -> Side:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return open_side(path)

    return make

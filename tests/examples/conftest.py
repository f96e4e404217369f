"""The Kashgar example, and the helper that reads it without the product's own reader."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def kashgar(root: Path) -> Path:
    """The folder of the example."""
    return root / "examples" / "kashgar"


@pytest.fixture(scope="session")
def by_hand() -> ModuleType:
    """``by_hand.py``: the example's records and series by plain Python."""
    spec = importlib.util.spec_from_file_location("by_hand", Path(__file__).with_name("by_hand.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""Kechuang (科创): runs a regional science-and-technology plan from document to measured results.

>>> import kechuang
>>> kechuang.open.__name__
'open'
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kechuang.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(folder: str | Path = ".") -> Workspace:  # noqa: A001 (reads as kechuang.open)
    """Open the workspace in ``folder``, as in a notebook: ``ws = kechuang.open("kashgar")``.

    Raises KechuangError where ``folder`` is no workspace or its configuration is wrong.
    """
    from kechuang.workspace import Workspace

    return Workspace.open(Path(folder))

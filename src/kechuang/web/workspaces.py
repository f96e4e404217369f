"""The workspace a site serves: held by the process that serves it, handed to each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kechuang.workspace import Workspace

_held: list[Workspace] = []


def hold(workspace: Workspace) -> None:
    """From now on the site serves ``workspace``."""
    _held[:] = [workspace]


def served() -> Workspace:
    """The workspace of this site."""
    return _held[0]

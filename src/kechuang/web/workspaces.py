"""The workspace a site serves: held by the process that serves it, handed to each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kechuang.workspace import Workspace

_held: list[Workspace] = []
_seen: list[tuple[int, int] | None] = [None]


def hold(workspace: Workspace) -> None:
    """From now on the site serves ``workspace``."""
    _held[:] = [workspace]
    _seen[0] = _stamp(workspace)


def served() -> Workspace:
    """The workspace of this site, with its plan as it lies on the disk: another process may have changed it."""
    workspace = _held[0]
    stamp = _stamp(workspace)
    if stamp != _seen[0]:
        for name in ("plan", "links"):
            workspace.__dict__.pop(name, None)
        _seen[0] = stamp
    return workspace


def _stamp(workspace: Workspace) -> tuple[int, int] | None:
    """What tells one state of the plan's file from another; None where there is no plan."""
    try:
        found = (workspace.folder / workspace.settings.plan).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

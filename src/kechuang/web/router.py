"""Every model of the site lives in the workspace's database: nothing reads Django's ``default``."""

from __future__ import annotations

from typing import Any


class WorkspaceRouter:
    """``alias`` is set once, when the site is made of a workspace."""

    alias: str | None = None

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        instance = hints.get("instance")
        return (instance is not None and instance._state.db) or self.alias

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return bool(one._state.db == other._state.db)

"""Copies of a whole workspace: made while the office works, proved when made, proved again when restored."""

from kechuang.keeping.backup import Backup, back_up, backups
from kechuang.keeping.manifest import Manifest, Part, check
from kechuang.keeping.restore import Restored, restore

__all__ = ["Backup", "Manifest", "Part", "Restored", "back_up", "backups", "check", "restore"]

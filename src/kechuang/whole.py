"""A file or a folder is there whole or not at all: written beside its place, which it takes once it is complete."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kechuang.errors import KechuangError, Place, system_trouble
from kechuang.messages import Message, say

#: What helps a person whose file could not be written.
_REMEDY = say("请核对文件夹是否存在、文件是否正在Excel中打开。")


@contextmanager
def whole(path: Path, remedy: Message = _REMEDY, code: str = "not-writable") -> Iterator[Path]:
    """A file beside ``path`` that takes its place at the end; KechuangError ``code`` where it cannot.

    Whatever goes wrong, what stood at ``path`` still stands there, and nothing stands beside it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise KechuangError(
            code,
            say("文件写不进去：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
            remedy=remedy,
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """An empty folder beside ``folder`` that takes its place, and its parents' if missing, at the end.

    Whatever goes wrong, what stood at ``folder`` still stands there; KechuangError ``not-writable`` where it is the
    disk.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
            made, before = Path(beside, "new"), Path(beside, "old")
            made.mkdir()
            yield made
            if folder.exists():
                folder.rename(before)
            try:
                made.rename(folder)
            except OSError:
                if before.exists():
                    before.rename(folder)
                raise
    except OSError as error:
        raise KechuangError(
            "not-writable",
            say("不能写入：{problem}", problem=system_trouble(error)),
            place=Place(file=str(folder)),
            remedy=say("请检查文件夹是否存在、是否可写。"),
        ) from None

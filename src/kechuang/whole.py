"""A file is there whole or not at all: written beside its place, which it takes once it is complete."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kechuang.errors import KechuangError, Place, system_trouble
from kechuang.messages import Message, say

#: What helps a person whose file could not be written.
_REMEDY = say("请核对文件夹是否存在、文件是否正在Excel中打开。")


@contextmanager
def whole(path: Path, remedy: Message = _REMEDY) -> Iterator[Path]:
    """A file beside ``path`` that takes its place at the end; KechuangError ``not-writable`` where it cannot.

    Whatever goes wrong, what stood at ``path`` still stands there, and nothing stands beside it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise KechuangError(
            "not-writable",
            say("文件写不进去：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
            remedy=remedy,
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)

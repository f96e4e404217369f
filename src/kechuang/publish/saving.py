"""A published file is there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kechuang.errors import KechuangError, Place, system_trouble
from kechuang.messages import say


def save(path: Path, content: bytes, code: str, *, folders: bool = False) -> None:
    """Write ``content`` to ``path`` through a file beside it, making ``folders`` where they lack.

    Raises KechuangError ``code`` where that cannot be.
    """
    try:
        if folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KechuangError(
            code,
            say("不能写入：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
            remedy=say("请检查文件夹是否存在、是否可写，文件是否被其他程序打开。"),
        ) from None

"""A published file is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

from kechuang.messages import say
from kechuang.whole import whole


def save(path: Path, content: bytes, code: str, *, folders: bool = False) -> None:
    """Write ``content`` to ``path``, making ``folders`` where they lack; KechuangError ``code`` where that cannot be."""
    with whole(path, say("请检查文件夹是否存在、是否可写，文件是否被其他程序打开。"), code) as beside:
        if folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)

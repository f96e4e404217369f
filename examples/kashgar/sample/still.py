"""Makes an Office file the same bytes on every run: fixed times inside and outside."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

WRITTEN = (2026, 9, 30, 0, 0, 0)


def still(path: Path) -> None:
    """Replace the times of writing in ``path`` (docx, xlsx) by a fixed one."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    stamp = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*WRITTEN)
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, core).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, WRITTEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)

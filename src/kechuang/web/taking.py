"""Files a reader takes away: named, never opened in place, never run."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header

#: What a browser is told of each kind.
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}


def download(content: bytes, name: str) -> HttpResponse:
    """``content`` as a file called ``name``; its suffix says what it is."""
    kind = TYPES.get(Path(name).suffix.lower().lstrip("."), "application/octet-stream")
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer

"""Static files: compressed once for this machine, and kept by browsers for ever under the digest they are asked by.

A page asks for ``office.css?DIGEST`` (tag ``asset``). What is asked so never changes; asked without a digest or with
another, it may be kept for an hour.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from kechuang.packs.parsed import cache_folder
from kechuang.web.templatetags.kechuang import digest_of

PREFIX = "/static/kechuang/"
#: What shrinks, and how small a file is that need not.
SHRINKS, SMALL = (".css", ".js", ".svg"), 600
_FOR_EVER = "max-age=31536000, public, immutable"


class Statics(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise with compressed files beside the user's other caches, since the package's own folder may be
    nobody's to write."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        found = super().get_static_file(path, url, stat_cache=stat_cache)
        small = _compressed(Path(path), url)
        if small is None:
            return found
        return StaticFile(path, list(self._headers(path, url).items()), encodings={"gzip": str(small)})

    def _headers(self, path: str, url: str) -> Any:
        from wsgiref.headers import Headers

        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return headers

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = WhiteNoiseMiddleware.serve(static_file, request)
        asked = request.META.get("QUERY_STRING", "")
        if request.path_info.startswith(PREFIX) and asked == digest_of(request.path_info[len(PREFIX) :]):
            answer["Cache-Control"] = _FOR_EVER
        return answer


def _compressed(path: Path, url: str) -> Path | None:
    """The file as gzip in the user's cache, made where it is not there yet; None where it need not or cannot be."""
    if path.suffix not in SHRINKS or not url.startswith(PREFIX) or path.stat().st_size < SMALL:
        return None
    small = cache_folder() / "static" / f"{path.name}.{digest_of(url[len(PREFIX) :])}.gz"
    if small.is_file():
        return small
    try:
        small.parent.mkdir(parents=True, exist_ok=True)
        beside = small.with_suffix(f".{os.getpid()}")
        beside.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        beside.replace(small)
    except OSError:
        return None
    return small

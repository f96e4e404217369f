"""One question to the identity provider: short, bounded, encrypted, and to nobody it would lead us to."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kechuang import __version__
from kechuang.settings import guarded
from kechuang.web.oidc.words import NotAdmitted

#: Seconds a piece of an answer is waited for, and all of it; bytes it may have.
PIECE, WHOLE, MOST = 5.0, 10.0, 256 * 1024


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """Follows nothing: what the provider keeps to itself must not be sent on."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def ask(
    url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of an answer (POST where there is a form); NotAdmitted where there is none."""
    if not guarded(url):
        raise NotAdmitted("wrong", "address")
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=body, method="POST" if form is not None else "GET")
    for name, value in {
        "Accept": "application/json",
        "User-Agent": f"Kechuang/{__version__}",
        **(headers or {}),
    }.items():
        request.add_header(name, value)
    until = time.monotonic() + WHOLE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        _Nowhere(),
    )
    try:
        try:
            answer = opener.open(request, timeout=PIECE)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            status, content = int(answer.status), _read(answer, until)
    except ssl.SSLError:
        raise NotAdmitted("down", "certificate") from None
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: no address after all
        sealed = isinstance(getattr(error, "reason", None), ssl.SSLError)
        raise NotAdmitted("down", "certificate" if sealed else "no-answer") from None
    if status >= 500 or status == 429:
        raise NotAdmitted("down", f"status {status}")
    if 300 <= status < 400:
        raise NotAdmitted("wrong", "redirect")
    return status, _object(content)


def _read(answer: Any, until: float) -> bytes:
    found = b""
    while piece := answer.read1(65536):
        found += piece
        if len(found) > MOST:
            raise NotAdmitted("wrong", "too-large")
        if time.monotonic() > until:
            raise NotAdmitted("down", "too-slow")
    return found


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotAdmitted("wrong", "not-json")
    return found

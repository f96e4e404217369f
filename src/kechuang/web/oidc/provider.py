"""The identity provider: what it says of itself, its keys, and what it gives for a code."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from kechuang.settings import Oidc, guarded
from kechuang.web.oidc.asking import ask
from kechuang.web.oidc.words import NotAdmitted

#: Seconds for which what the provider says of itself holds, its keys are not asked for again, and a provider that
#: did not answer is left alone.
HOUR, KEYS_AGAIN, PAUSE = 3600.0, 30.0, 15.0
#: Refusals of a code that are the settings' fault, not of whoever brought it.
BETWEEN_US = ("invalid_client", "unauthorized_client", "unsupported_grant_type")


@dataclass(frozen=True)
class Known:
    """The provider's discovery document, as far as it is used."""

    authorization: str
    token: str
    keys: str
    basic: bool
    names_itself: bool


class Provider:
    """The provider of a workspace; one process asks it one thing at a time, and remembers for a while."""

    def __init__(self, oidc: Oidc) -> None:
        self.oidc = oidc
        self._turn = threading.Lock()
        self._known: tuple[float, Known] | None = None
        self._keys: tuple[float, list[dict[str, Any]]] | None = None
        self._down: tuple[float, str, str] | None = None

    def known(self) -> Known:
        with self._turn:
            if self._known is None or self._known[0] < time.monotonic() - HOUR:
                with self._remembering():
                    self._known = (time.monotonic(), self._discovered())
            return self._known[1]

    def keys(self, again: bool) -> list[dict[str, Any]]:
        """The provider's public keys; ``again``: a key was not among them, and may be new."""
        where = self.known().keys
        with self._turn:
            age = HOUR if not again else KEYS_AGAIN
            if self._keys is None or self._keys[0] < time.monotonic() - age:
                with self._remembering():
                    found = _document(where).get("keys")
                    if not isinstance(found, list):
                        raise NotAdmitted("wrong", "keys")
                self._keys = (time.monotonic(), [one for one in found[:64] if isinstance(one, dict)])
            return self._keys[1]

    def door(self, fields: Mapping[str, str]) -> str:
        """Where a browser is sent to log in."""
        where = self.known().authorization
        scope = "openid profile email" if self.oidc.claim.startswith("email") else "openid profile"
        asked = {"response_type": "code", "client_id": self.oidc.client_id, "scope": scope, **fields}
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    def given(self, code: str, verifier: str, back: str) -> str:
        """The id token a code is exchanged for."""
        known, oidc = self.known(), self.oidc
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        headers = {}
        secret = os.environ.get(oidc.secret_env, "") if oidc.secret_env else ""
        if secret and known.basic:
            pair = f"{quote_plus(oidc.client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": oidc.client_id, **({"client_secret": secret} if secret else {})}
        with self._remembering("down"):
            status, answer = ask(known.token, form, headers)
        if status != 200:
            error = str(answer.get("error", ""))[:40]
            between_us = status == 401 or error in BETWEEN_US
            raise NotAdmitted("wrong" if between_us else "refused", error or f"status {status}")
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotAdmitted("wrong", "no-token")
        return token

    @contextmanager
    def _remembering(self, *which: str) -> Iterator[None]:
        """A provider that did not answer just now (``which`` kinds of trouble, or any) is not asked again at once."""
        before = self._down
        if before is not None and before[0] > time.monotonic() - PAUSE:
            raise NotAdmitted(before[1], before[2])
        try:
            yield
        except NotAdmitted as trouble:
            if not which or trouble.why in which:
                self._down = (time.monotonic(), trouble.why, trouble.what)
            raise

    def _discovered(self) -> Known:
        found = _document(self.oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.oidc.issuer:
            raise NotAdmitted("wrong", "issuer")
        door, token, keys = (
            str(found.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )
        if not all(guarded(one) for one in (door, token, keys)):
            raise NotAdmitted("wrong", "address")
        ways = found.get("token_endpoint_auth_methods_supported")
        basic = not isinstance(ways, list) or "client_secret_basic" in ways
        names_itself = found.get("authorization_response_iss_parameter_supported") is True
        return Known(door, token, keys, basic, names_itself)


def _document(url: str) -> dict[str, Any]:
    status, answer = ask(url)
    if status != 200:
        raise NotAdmitted("wrong", f"status {status}")
    return answer


@cache
def provider(oidc: Oidc) -> Provider:
    """The provider the settings name; one a process."""
    return Provider(oidc)

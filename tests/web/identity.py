"""An identity provider on this machine, for the tests: real keys, real codes, and every fault on demand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "kechuang-site", "a secret & more=:/"
RSA, EC, STRANGER = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    SHORT = RSAKey.generate_key(1024)

Claims = dict[str, Any]


def public(key: Any, number: str, **more: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": number, **more}


def signed(claims: Claims, key: Any = RSA, algorithm: str = "RS256", number: str | None = "rsa") -> str:
    header = {"alg": algorithm, **({"kid": number} if number else {})}
    return jwt.encode(header, claims, key, algorithms=[algorithm])


def by_hand(claims: Claims, algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    """A token no library would make."""
    head = {"alg": algorithm, "kid": "rsa", "typ": "JWT"}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, claims)]
    text = b".".join(parts)
    return (text + b"." + base64.urlsafe_b64encode(sign(text)).rstrip(b"=")).decode()


def by_public_key(claims: Claims) -> str:
    """Signed with HMAC and the provider's public key as the secret."""
    secret = RSA.as_pem(private=False)
    return by_hand(claims, "HS256", lambda text: hmac.new(secret, text, hashlib.sha256).digest())


class Provider:
    """What the provider says and does; a test changes what it likes and calls ``reset``."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.reset()

    def reset(self) -> None:
        self.claims: Claims = {"preferred_username": "leader-a"}
        self.without: tuple[str, ...] = ()
        self.sign: Callable[[Claims], str] = signed
        self.keys = [public(RSA, "rsa", use="sig", alg="RS256"), public(EC, "ec"), public(RSA, "pss")]
        self.discovery: dict[str, Any] = {}
        self.raw: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.denies = False
        self.back: dict[str, str] = {}
        self.asked.clear()

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.discovery,
        }

    def sent_back(self, asked: dict[str, str]) -> str:
        """Where a browser goes after it has logged in here."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        more = {"error": "access_denied"} if self.denies else {"code": code}
        return asked["redirect_uri"] + "?" + urlencode({**more, "state": asked["state"], **self.back})

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (
            asked is None
            or form["redirect_uri"] != asked["redirect_uri"]
            or digest.rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "1",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.without}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that listens; nothing of it is left afterwards."""

    class Door(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.handled({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.handled({name: values[0] for name, values in parse_qs(body).items()})

        def handled(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            there.asked.append(parts.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            kind = {"Content-Type": "application/json"}
            if parts.path in there.raw:
                self.answer(*there.raw[parts.path])
            elif parts.path == "/.well-known/openid-configuration":
                self.answer(200, json.dumps(there.document()).encode(), kind)
            elif parts.path == "/keys":
                self.answer(200, json.dumps({"keys": there.keys}).encode(), kind)
            elif parts.path == "/token":
                status, found = there.token(form, self.headers.get("Authorization", ""))
                self.answer(status, json.dumps(found).encode(), kind)
            elif parts.path == "/authorize" and self.command == "GET" and "login_page" in there.raw:
                page = b"<!doctype html><title>ID</title><form method=post><button>Log in</button></form>"
                self.answer(200, page, {"Content-Type": "text/html"})
            elif parts.path == "/authorize":
                self.answer(302, b"", {"Location": there.sent_back(asked)})
            else:
                self.answer(404, b"", {})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    there = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

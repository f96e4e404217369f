"""One notice to one address: signed, over a connection that cannot be led into the office's own network.

The name is looked up once, every address it has must be a public one, and the connection goes to the address
that was looked at, so that a name cannot answer differently the second time. Nothing redirects; certificates are
verified; of the answer its status alone is kept. ``[web] webhooks_inside`` lifts the first rule for offices whose
receivers stand in their own network.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from kechuang import __version__

TIMEOUT = 10.0
#: What may go wrong, for the log.
NO_NAME, FORBIDDEN, NO_ANSWER, CERTIFICATE, STATUS, ADDRESS = (
    "no-name",
    "forbidden-address",
    "no-answer",
    "certificate",
    "status",
    "bad-address",
)
_EMBEDDED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class Unreachable(Exception):
    """A notice cannot be sent; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """Where a request goes: ``host`` is named in it, ``address`` is connected to."""

    secure: bool
    host: str
    port: int
    path: str
    address: str


def public(address: str) -> bool:
    """Whether an IP address is one of the open internet, seen through forms that carry another inside.

    >>> public("93.184.216.34"), public("127.0.0.1"), public("10.1.2.3"), public("169.254.169.254")
    (True, False, False, False)
    >>> public("::ffff:127.0.0.1"), public("64:ff9b::7f00:1"), public("fd00::1"), public("100.64.0.1")
    (False, False, False, False)
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if any(found in network for network in _EMBEDDED):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def parts(url: str, inside: bool) -> tuple[bool, str, int, str]:
    """Whether HTTPS, host, port and path; Unreachable for what is no address of a receiver."""
    try:
        found = urlsplit(url)
        port = found.port
        host = (found.hostname or "").rstrip(".").encode("idna").decode() if found.hostname else ""
    except (ValueError, UnicodeError):
        raise Unreachable(ADDRESS) from None
    allowed = ("https", "http") if inside else ("https",)
    strange = any(ord(character) <= 32 or ord(character) > 126 for character in found.path + found.query)
    if found.scheme not in allowed or not host or found.username or found.password or strange:
        raise Unreachable(ADDRESS)
    secure = found.scheme == "https"
    path = (found.path or "/") + (f"?{found.query}" if found.query else "")
    return secure, host, port or (443 if secure else 80), path


def reached(url: str, inside: bool) -> Target:
    """Where a notice to ``url`` goes; Unreachable where it may not go there. ``inside``: private addresses too."""
    secure, host, port, path = parts(url, inside)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(NO_NAME) from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise Unreachable(NO_NAME)
    if not inside and not all(public(one) for one in addresses):
        raise Unreachable(FORBIDDEN)
    return Target(secure, host, port, path, addresses[0])


def signature(secret: str, moment: int, text: bytes) -> str:
    """``t=SECONDS,v1=HEX``: HMAC-SHA256 by the receiver's secret over ``SECONDS.BODY``.

    >>> signature("secret", 1, b"{}")
    't=1,v1=1122767b193110cfec322b6f199b599edbf608ed087f2d27afb0b97d99523908'
    """
    made = hmac.new(secret.encode(), b"%d." % moment + text, hashlib.sha256).hexdigest()
    return f"t={moment},v1={made}"


def send(url: str, secret: str, event: str, number: str, text: str, *, inside: bool) -> int:
    """POST a notice; the status of the answer. Unreachable where there was none."""
    target, content, moment = reached(url, inside), text.encode(), int(time.time())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Kechuang/{__version__}",
        "X-Kechuang-Event": event,
        "X-Kechuang-Delivery": number,
        "X-Kechuang-Signature": signature(secret, moment, content),
        "Connection": "close",
    }
    connection = _Pinned(target)
    try:
        connection.request("POST", target.path, body=content, headers=headers)
        return connection.getresponse().status
    except ssl.SSLError:
        raise Unreachable(CERTIFICATE) from None
    except (OSError, http.client.HTTPException):
        raise Unreachable(NO_ANSWER) from None
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked at, in the name of its host."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self._target = target
        if target.secure:
            self.default_port = 443

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.address, self._target.port), TIMEOUT)
        if self._target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)

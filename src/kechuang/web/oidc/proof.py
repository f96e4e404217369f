"""The id token: who it says somebody is, believed only once everything about it was looked at."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from kechuang.settings import Oidc
from kechuang.web.oidc.words import NotAdmitted

#: Signatures by a key only the provider has; never "none", never one by a secret both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: Seconds clocks may differ by, and for which a token is fresh.
LEEWAY, FRESH = 60, 600
#: Bits of the shortest RSA key, and keys tried at most where the token does not name one.
BITS, TRIED = 2048, 8
LONGEST = 64 * 1024

Keys = Callable[[bool], list[dict[str, Any]]]


def proved(token: str, keys: Keys, oidc: Oidc, nonce: str) -> dict[str, Any]:
    """The claims of an id token that is the provider's, for us, of now, and for this log-in; NotAdmitted else."""
    claims = _signed(token, keys)
    if claims.get("iss") != oidc.issuer:
        raise NotAdmitted("wrong", "issuer")
    _for_us(claims, oidc.client_id)
    now = time.time()
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    if expires is None or not now < expires + LEEWAY:
        raise NotAdmitted("wrong", "expired")
    if issued is None or not now - FRESH - LEEWAY < issued < now + LEEWAY:
        raise NotAdmitted("wrong", "issued")
    starts = claims.get("nbf")
    if starts is not None and not (_moment(starts) or now + FRESH) < now + LEEWAY:
        raise NotAdmitted("wrong", "issued")
    given = claims.get("nonce")
    if not isinstance(given, str) or not compare_digest(given.encode(), nonce.encode()):
        raise NotAdmitted("wrong", "nonce")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise NotAdmitted("wrong", "subject")
    return claims


def named(claims: dict[str, Any], claim: str) -> str:
    """The name of the account the claims are about."""
    name = claims.get(claim)
    if not isinstance(name, str) or not name:
        raise NotAdmitted("wrong", f"no claim {claim}")
    if claim == "email" and claims.get("email_verified") is not True:
        raise NotAdmitted("wrong", "email not verified")
    return name


def _for_us(claims: dict[str, Any], client: str) -> None:
    heard = claims.get("aud")
    audience = heard if isinstance(heard, list) else [heard]
    party = claims.get("azp")
    if client not in audience or (len(audience) > 1 and party is None):
        raise NotAdmitted("wrong", "audience")
    if party is not None and party != client:
        raise NotAdmitted("wrong", "audience")


def _moment(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def _signed(token: str, keys: Keys) -> dict[str, Any]:
    """The claims of a token with a signature by one of the provider's keys."""
    from joserfc import jws, jwt
    from joserfc.errors import JoseError

    if len(token) > LONGEST:
        raise NotAdmitted("wrong", "too-large")
    # Extra members of the header that nobody must understand are no fault; those named in "crit" are.
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        header = jws.extract_compact(token.encode(), registry=registry).headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise NotAdmitted("wrong", "no-token") from None
    algorithm, number = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise NotAdmitted("wrong", "algorithm")
    fitting = _fitting(keys(False), algorithm, number) or _fitting(keys(True), algorithm, number)
    if not fitting:
        raise NotAdmitted("wrong", "key")
    for key in fitting:
        try:
            return dict(jwt.decode(token, _imported(key), registry=registry).claims)
        except Exception:  # whatever a library says of a token or key from elsewhere: it is not proved
            continue
    raise NotAdmitted("wrong", "signature")


def _fitting(keys: list[dict[str, Any]], algorithm: str, number: Any) -> list[dict[str, Any]]:
    """The keys a token may be signed with."""
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    return [
        key
        for key in keys
        if key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (number is None or key.get("kid") == number)
    ][:TRIED]


def _imported(key: dict[str, Any]) -> Any:
    """A public key of the provider's, without what it may be used for being left to the one who sent it."""
    from joserfc.jwk import ECKey, RSAKey

    if key["kty"] == "EC":
        return ECKey.import_key({name: str(key[name]) for name in ("kty", "crv", "x", "y")})
    digits = base64.urlsafe_b64decode(str(key["n"]) + "==")
    if int.from_bytes(digits, "big").bit_length() < BITS:
        raise ValueError("a key this short proves nothing")
    return RSAKey.import_key({name: str(key[name]) for name in ("kty", "n", "e")})

"""Tokens: made, recognised, revoked. The secret is shown once; the database keeps its digest alone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import Message, say
from kechuang.web.api.scopes import scopes_of
from kechuang.web.models import Token, User

PREFIX = "kc_"
#: Days a token may last, and how many live ones an account may have.
DAYS, MOST = (30, 90, 180, 365), 20
#: A use is noted at most so often: reading must not make the database write all the time.
NOTED = timedelta(minutes=5)


@dataclass(frozen=True)
class Fresh:
    """A token just made, with the secret nobody can see again."""

    token: Token
    secret: str


def make(user: User, name: str, scopes: Sequence[str], days: int) -> Fresh:
    """A new token of ``user``; KechuangError with every fault at once."""
    faults: list[Fault] = []

    def fault(field: str, message: Message) -> None:
        faults.append(Fault("token-invalid", message, Place(field=field)))

    name = " ".join(name.split())
    if not 1 <= len(name) <= 60:
        fault("name", say("请写明这个令牌给哪个程序用（1至60个字）"))
    allowed = {scope.name for scope in scopes_of(user.role)}
    if not scopes or not set(scopes) <= allowed:
        fault("scopes", say("请至少选一项您的账号可用的用途"))
    if days not in DAYS:
        fault("days", say("有效期应为 {days} 天之一", days="、".join(map(str, DAYS))))
    if len(live(user)) >= MOST:
        fault("name", say("已有{n}个有效的令牌，请先撤销不用的", n=MOST))
    if faults:
        raise KechuangError("token-invalid", say("令牌没有生成"), faults=faults)
    secret, now = PREFIX + secrets.token_urlsafe(32), timezone.now()
    token = Token.objects.create(
        user=user,
        name=name,
        digest=digest(secret),
        hint=secret[-4:],
        scopes=" ".join(scope for scope in sorted(set(scopes))),
        role=user.role,
        region=user.region,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return Fresh(token, secret)


def digest(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def recognised(secret: str) -> Token | None:
    """The token with this secret, where it opens anything: neither revoked nor past its day, of an open
    account that still has the role and region it had."""
    now = timezone.now()
    found = Token.objects.select_related("user").filter(digest=digest(secret)).first()
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        return None
    user = found.user
    if not user.is_active or (user.role, user.region) != (found.role, found.region):
        return None
    if found.used_at is None or found.used_at < now - NOTED:
        stale = Q(used_at=None) | Q(used_at__lt=now - NOTED)
        Token.objects.filter(stale, pk=found.pk).update(used_at=now)
    return found


def live(user: User) -> list[Token]:
    """The tokens of an account that are neither revoked nor past their day, newest first."""
    found = Token.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    return list(found.order_by("-made_at", "-id"))


def revoke_all(user: User) -> int:
    """Revoke every token of ``user``; how many."""
    return Token.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def revoke(user: User, number: int) -> Token | None:
    """Revoke a token of ``user``; None where there is no such live one."""
    found = next((one for one in live(user) if one.pk == number), None)
    if found is not None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
    return found

"""Logging in: the password, the lock-out, the session, each told to the audit chain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from django.utils import timezone

from kechuang.records import audit, database
from kechuang.web.addresses import address_of
from kechuang.web.models import Attempt, SignedIn, User
from kechuang.web.workspaces import served

#: After so many failures in the window an account, or an address, waits until the window has passed.
OF_ACCOUNT, OF_ADDRESS = 5, 30
WINDOW = timedelta(minutes=15)


class Password:
    """Django's door: an open account and its password."""

    def authenticate(
        self, request: HttpRequest | None, name: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if name is None or password is None:
            return None
        user = User.objects.filter(name=name, is_active=True).first()
        if user is None:
            make_password(password)  # as long as with an account: the time must not tell which names exist
            return None
        return user if check_password(password, user.password) else None

    def get_user(self, number: int) -> User | None:
        return User.objects.filter(pk=number, is_active=True).first()


def told(request: HttpRequest | None, action: str, who: str, **detail: Any) -> None:
    """An entry of the audit chain about an account."""
    workspace = served()
    if request is not None:
        detail["address"] = address_of(request)
    with database.writing(workspace.store.alias):
        audit.enter(workspace.store.alias, action, "", who=who, at=workspace.clock(), detail=detail)


def locked(name: str, address: str, *, more: int = 0) -> bool:
    """Whether an account or an address has failed too often to try again now; ``more`` tries may go on besides.

    An account that somebody elsewhere has locked still opens from where its owner has logged in before: an
    outsider who fails on purpose, again and again, must not keep an office out of its own site.
    """
    if crowded(address, more=more):
        return True
    of_account = Attempt.objects.filter(at__gt=timezone.now() - WINDOW, name=name[:60])
    if of_account.count() < OF_ACCOUNT + more:
        return False
    return of_account.filter(address=address).count() >= OF_ACCOUNT + more or address not in _known(name)


def crowded(address: str, *, more: int = 0) -> bool:
    """Whether so many log-ins failed at an address that all wait there."""
    recent = Attempt.objects.filter(at__gt=timezone.now() - WINDOW, address=address)
    return recent.count() >= OF_ADDRESS + more


def _known(name: str) -> set[str]:
    """Addresses an account has logged in from before, as the audit chain has them; the last hundred times."""
    from kechuang.records.models import Event

    entries = Event.objects.using(served().store.alias).filter(action="account-in", who=name)
    return {
        str(detail.get("address"))
        for detail in entries.order_by("-seq").values_list("detail", flat=True)[:100]
    }


def admitted(request: HttpRequest, name: str, password: str) -> User | None:
    """The account that opens with a password; None where none does. Raises :class:`Locked`.

    The try is counted before the password is looked at, so that many at once are no more than one after another.
    """
    now, address = timezone.now(), address_of(request)
    Attempt.objects.filter(at__lt=now - WINDOW).delete()
    if locked(name, address):
        raise Locked
    this = Attempt.objects.create(name=name[:60], address=address, at=now)
    if locked(name, address, more=1):
        this.delete()
        raise Locked
    user = Password().authenticate(request, name=name, password=password)
    if user is not None:
        return user  # entering forgets the account's failures
    if locked(name, address):  # this was the one too many
        there = User.objects.filter(name=name).exists()
        told(request, "account-locked", name if there else "-")
    return None


class Locked(Exception):
    """Too many failures: no password is looked at for a while."""


def enter(request: HttpRequest, user: User, **how: Any) -> None:
    """Log ``user`` in: a new session, listed among the account's. ``how`` is told besides."""
    login(request, user, backend="kechuang.web.accounts.doors.Password")
    if not request.session.session_key:
        request.session.save()
    now = timezone.now()
    SignedIn.objects.update_or_create(
        key=str(request.session.session_key),
        defaults={
            "user": user,
            "at": now,
            "seen": now,
            "address": address_of(request),
            "agent": request.headers.get("User-Agent", "")[:200],
        },
    )
    Attempt.objects.filter(name=user.name).delete()
    told(request, "account-in", user.name, **how)


def leave(request: HttpRequest) -> None:
    """Log out."""
    if request.user.is_authenticated:
        told(request, "account-out", str(request.user.get_username()))
        SignedIn.objects.filter(key=request.session.session_key or "").delete()
    logout(request)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End the sessions of an account, except the one with the key ``but``."""
    from django.contrib.sessions.models import Session

    found = SignedIn.objects.filter(user=user).exclude(key=but or "")
    keys = list(found.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    found.delete()
    return len(keys)

"""Logging in through the identity provider: out to it, and back from it."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from kechuang.messages import language
from kechuang.settings import Oidc
from kechuang.web.access import VOUCHED, Hidden, page
from kechuang.web.accounts import doors
from kechuang.web.accounts.mine import after_of
from kechuang.web.addresses import address_of
from kechuang.web.models import Attempt, User
from kechuang.web.oidc.proof import named, proved
from kechuang.web.oidc.provider import provider
from kechuang.web.oidc.words import NotAdmitted, carried
from kechuang.web.roles import PUBLIC
from kechuang.web.workspaces import served

#: Log-ins a browser has begun, in its session: so many at most, for so many seconds.
BEGUN, MOST, LASTING = "oidc", 4, 600
#: Faults of the provider's own are told to the audit chain once in so many seconds, not for everybody who meets them.
ONCE_IN = 60.0
OURS = ("down", "wrong")
_told_at: dict[str, float] = {}


@dataclass(frozen=True)
class Flow:
    """A log-in that was begun: what only this browser's session knows of it."""

    nonce: str
    verifier: str
    after: str
    back: str
    at: float


@page("login/oidc/", "login-oidc", PUBLIC)
def out(request: HttpRequest) -> HttpResponse:
    """To the provider, by a link and not by a form: the content policy lets forms go nowhere else."""
    oidc, after = _configured(), after_of(request)
    if request.user.is_authenticated:
        return redirect(_home(after))
    try:
        if doors.crowded(address_of(request)):
            raise NotAdmitted("locked")
        state, flow = secrets.token_urlsafe(32), _begun(request, after)
        digest = urlsafe_b64encode(sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
        door = provider(oidc).door(
            {
                "redirect_uri": flow.back,
                "state": state,
                "nonce": flow.nonce,
                "code_challenge": digest,
                "code_challenge_method": "S256",
                "ui_locales": "zh-CN zh" if language() == "zh" else "en",
            }
        )
    except NotAdmitted as trouble:
        return _refused(request, trouble, after)
    _keep(request, {**_flows(request), state: flow})
    return redirect(door)


@page("login/oidc/back/", "login-oidc-back", PUBLIC)
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code or a refusal; both count only for a log-in begun here."""
    oidc, flows = _configured(), _flows(request)
    flow = flows.pop(request.GET.get("state", ""), None)
    after = flow.after if flow else "/"
    if request.user.is_authenticated:
        request.session.pop(BEGUN, None)
        return redirect(_home(after))
    if flow is None and not flows:  # nothing was begun in this browser: nobody is counted, nothing is told
        return _refused(request, NotAdmitted("state"), after, telling=False)
    try:
        this = _counted(request)
        if flow is None:
            raise NotAdmitted("state", "state")
        _keep(request, flows)
        request.session.save()  # before the provider is asked: a second try with the same state finds nothing
        user = _vouched(request, oidc, flow, this)
    except NotAdmitted as trouble:
        return _refused(request, trouble, after)
    request.session.pop(BEGUN, None)
    request.session.set_expiry(None)
    doors.enter(request, user, by="oidc")
    request.session[VOUCHED] = True
    this.delete()
    return redirect(_home(after))


def _configured() -> Oidc:
    oidc: Oidc | None = served().settings.oidc
    if oidc is None:
        raise Hidden
    return oidc


def _home(after: str) -> str:
    return "/desk/" if after == "/" else after


def _counted(request: HttpRequest) -> Attempt:
    """The try, counted for its address before the provider is asked, as a password is before it is looked at."""
    now, address = timezone.now(), address_of(request)
    Attempt.objects.filter(at__lt=now - doors.WINDOW).delete()
    if doors.crowded(address):
        raise NotAdmitted("locked")
    this = Attempt.objects.create(name="", address=address, at=now)
    if doors.crowded(address, more=1):
        this.delete()
        raise NotAdmitted("locked")
    return this


def _vouched(request: HttpRequest, oidc: Oidc, flow: Flow, this: Attempt) -> User:
    """The open account whom the provider vouches for. What is the provider's own fault counts for nobody."""
    try:
        source = provider(oidc)
        issuer = request.GET.get("iss")
        if issuer != oidc.issuer and (issuer is not None or source.known().names_itself):
            raise NotAdmitted("wrong", "issuer")
        if "error" in request.GET or not request.GET.get("code"):
            raise NotAdmitted("refused", request.GET.get("error", "no code")[:40])
        token = source.given(request.GET["code"], flow.verifier, flow.back)
        name = named(proved(token, source.keys, oidc, flow.nonce), oidc.claim)
    except NotAdmitted as trouble:
        if trouble.why in OURS:
            this.delete()
        raise
    Attempt.objects.filter(pk=this.pk).update(name=name[:60])
    if doors.locked(name, address_of(request), more=1):
        this.delete()
        raise NotAdmitted("locked")
    user = User.objects.filter(name=name).first()
    if user is None:
        raise NotAdmitted("unknown", name=name)
    if not user.is_active:
        raise NotAdmitted("closed", name=name)
    return user


def _refused(request: HttpRequest, trouble: NotAdmitted, after: str, *, telling: bool = True) -> HttpResponse:
    """To the log-in page, which says why; what happened goes into the audit chain."""
    if telling and trouble.why != "locked" and _first(trouble):
        who = trouble.name if trouble.why == "closed" else "-"
        doors.told(
            request,
            "account-refused",
            who,
            why=trouble.why,
            **({"what": trouble.what} if trouble.what else {}),
            **({"name": trouble.name} if trouble.name else {}),
        )
    return redirect(f"/login/?{urlencode({'next': after, 'told': carried(trouble)})}")


def _first(trouble: NotAdmitted) -> bool:
    """Whether a trouble is to be told: one of the provider's own once a minute."""
    if trouble.why not in OURS:
        return True
    now, key = time.monotonic(), f"{trouble.why} {trouble.what}"
    if _told_at.get(key, -ONCE_IN) > now - ONCE_IN:
        return False
    if len(_told_at) > 100:
        _told_at.clear()
    _told_at[key] = now
    return True


def _begun(request: HttpRequest, after: str) -> Flow:
    back = request.build_absolute_uri("/login/oidc/back/")
    return Flow(secrets.token_urlsafe(32), secrets.token_urlsafe(48), after, back, time.time())


def _flows(request: HttpRequest) -> dict[str, Flow]:
    """The log-ins this browser has begun and may still end."""
    kept = {state: Flow(*values) for state, values in request.session.get(BEGUN, {}).items()}
    return {state: flow for state, flow in kept.items() if flow.at > time.time() - LASTING}


def _keep(request: HttpRequest, flows: dict[str, Flow]) -> None:
    """Note them in the session, which ends soon where nobody logs in; and clear what others left behind."""
    newest = sorted(flows.items(), key=lambda one: one[1].at)[-MOST:]
    request.session[BEGUN] = {
        state: [flow.nonce, flow.verifier, flow.after, flow.back, flow.at] for state, flow in newest
    }
    request.session.set_expiry(LASTING)
    Session.objects.filter(expire_date__lt=timezone.now()).delete()

"""What the log-in page says of the identity provider: its button, and why nobody was let in."""

from __future__ import annotations

from collections.abc import Callable

from django.core import signing

from kechuang.messages import Message, literal, say
from kechuang.web.workspaces import served

#: Why nobody was let in, in words, and the status of the page that says so.
WORDS: dict[str, tuple[Callable[[str], Message], int]] = {
    "down": (lambda _: say("统一身份认证没有应答，没有登录；请过几分钟再试，或用密码登录"), 502),
    "wrong": (lambda _: say("统一身份认证的应答不能相信，没有登录；请告诉系统管理员，或用密码登录"), 502),
    "refused": (lambda _: say("统一身份认证没有同意这次登录；请重试，或用密码登录"), 422),
    "unknown": (lambda name: say("本站没有账号“{name}”；请系统管理员先建立账号", name=name), 422),
    "closed": (lambda name: say("账号“{name}”已停用；请联系系统管理员", name=name), 422),
    "state": (lambda _: say("这次登录没有从本页开始，或已超过10分钟，没有登录；请重新登录"), 422),
    "locked": (lambda _: say("失败次数过多，已暂停登录15分钟"), 429),
}
_SALT, _LASTING = "kechuang.oidc", 600


class NotAdmitted(Exception):
    """Nobody is let in: ``why`` is a key of :data:`WORDS`, ``what`` says it exactly, for the audit chain."""

    def __init__(self, why: str, what: str = "", name: str = "") -> None:
        super().__init__(why, what)
        self.why, self.what, self.name = why, what, name[:60]


def button() -> Message | None:
    """The words on the button; None where there is no provider."""
    oidc = served().settings.oidc
    if oidc is None:
        return None
    return literal(oidc.label) if oidc.label else say("用统一身份认证登录")


def carried(trouble: NotAdmitted) -> str:
    """A trouble as part of an address: nobody else can make one, so no link can put words on our page."""
    return signing.dumps([trouble.why, trouble.name], salt=_SALT)


def said(text: str) -> tuple[Message | None, int]:
    """The words of a trouble and the status of the page; no words where there is none."""
    try:
        why, name = signing.loads(text, salt=_SALT, max_age=_LASTING)
        words, status = WORDS[why]
    except (signing.BadSignature, KeyError, ValueError):
        return None, 200
    return words(name), status

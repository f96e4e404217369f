"""Receivers of notices: registered, told a secret once, closed; and the way of each notice sent to them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import Message, say
from kechuang.records.models import Event
from kechuang.web.hooks import sending
from kechuang.web.hooks.happenings import EVENTS, PING, body
from kechuang.web.models import Delivery, Hook
from kechuang.web.workspaces import served

TROUBLES: dict[str, Message] = {
    sending.NO_NAME: say("找不到这个主机名"),
    sending.FORBIDDEN: say("地址在本机或内网，设置不允许"),
    sending.NO_ANSWER: say("连不上或没有答复"),
    sending.CERTIFICATE: say("证书验证不过"),
    sending.STATUS: say("对方答复的不是成功"),
    sending.ADDRESS: say("不是可用的地址"),
}
STATES: dict[str, Message] = {
    "waiting": say("待送"),
    "delivered": say("已送达"),
    "given-up": say("已放弃"),
}


def secret_of(hook: Hook) -> str:
    """The secret of a receiver: made from the site's key, kept nowhere."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"webhook {hook.salt}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def register(name: str, url: str, events: Sequence[str], region: str) -> Hook:
    """A new receiver, told of what happens from now on; KechuangError with every fault at once."""
    workspace = served()
    faults: list[Fault] = []

    def fault(field: str, message: Message) -> None:
        faults.append(Fault("webhook-invalid", message, Place(field=field)))

    name, url = " ".join(name.split()), url.strip()
    if not 1 <= len(name) <= 60:
        fault("name", say("请写明通知发给哪个系统（1至60个字）"))
    problem = _unfit(url)
    if problem is not None:
        fault("url", problem)
    if not events or not set(events) <= EVENTS.keys():
        fault("events", say("请至少选一种通知"))
    if region and region not in workspace.region_codes:
        fault("region", say("{code} 不是本地区的县市", code=region))
    if faults:
        raise KechuangError("webhook-invalid", say("没有登记：{n}处需要改正", n=len(faults)), faults=faults)
    return Hook.objects.create(
        name=name,
        url=url,
        salt=secrets.token_hex(16),
        events=" ".join(one for one in EVENTS if one in events),
        region="" if region == workspace.settings.region else region,
        seen=last_entry(workspace.store.alias),
        made_at=timezone.now(),
    )


def last_entry(alias: str) -> int:
    """The number of the last entry of the audit chain."""
    last = Event.objects.using(alias).order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def ping(hook: Hook) -> Delivery:
    """A notice to see whether the receiver hears."""
    now, number = timezone.now(), f"{PING}-{secrets.token_hex(8)}"
    return queued(hook, number, PING, body(PING, number, now, {}), now)


def queued(hook: Hook, key: str, event: str, text: str, now: datetime) -> Delivery:
    """A notice on its way."""
    return Delivery.objects.create(hook=hook, key=key, event=event, body=text, made_at=now, next_at=now)


def reopen(hook: Hook) -> None:
    """Tell a closed receiver again, of what happens from now on."""
    hook.is_active, hook.seen = True, last_entry(served().store.alias)
    hook.save(update_fields=["is_active", "seen"])


def _unfit(url: str) -> Message | None:
    """What is wrong with the address of a receiver, as far as can be told now."""
    inside = served().settings.webhooks_inside
    if len(url) > 500:
        return say("地址太长")
    try:
        sending.reached(url, inside)
    except sending.Unreachable as error:
        if error.code == sending.NO_NAME:  # a receiver may be named before it is there
            return None
        if error.code == sending.ADDRESS and not inside:
            return say("请写 https:// 开头的完整地址")
        return TROUBLES[error.code]
    return None

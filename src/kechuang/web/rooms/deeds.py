"""What an entry of the audit chain says, in words: every kind of act has its sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kechuang.messages import Message, dated, language, literal, say
from kechuang.records.entering import was_typed
from kechuang.records.models import Event
from kechuang.web.roles import ROLES
from kechuang.web.workspaces import served

Detail = Mapping[str, Any]

#: What each kind of act is called in lists and filters.
NAMES: dict[str, Message] = {
    "import": say("导入"),
    "withdraw": say("撤销记录"),
    "submit": say("提交"),
    "resubmit": say("再次提交"),
    "returned": say("退回"),
    "accepted": say("接收"),
    "discarded": say("作废"),
    "explain": say("说明提醒"),
    "review-levels": say("改变审核级别"),
    "deadline": say("改定期限"),
    "lock": say("锁定年度"),
    "unlock": say("解除锁定"),
    "remind": say("发出催报"),
    "draw": say("抽取核查名单"),
    "visit": say("登记核查结果"),
    "attach": say("附佐证材料"),
    "publish": say("登记发布"),
    "warning": say("预警变化"),
    "warning-acknowledged": say("处置预警"),
    "backup": say("备份"),
    "units": say("改单位邮箱"),
    "account-made": say("新建账号"),
    "account-changed": say("改动账号"),
    "account-password": say("改密码"),
    "account-in": say("登录"),
    "account-out": say("退出登录"),
    "account-locked": say("多次登录失败，暂停登录"),
    "account-refused": say("统一身份认证未能登录"),
    "token-made": say("生成令牌"),
    "token-revoked": say("撤销令牌"),
    "webhook-made": say("登记收通知的系统"),
    "webhook-closed": say("停止发送通知"),
    "webhook-opened": say("恢复发送通知"),
}


def name_of(action: str) -> Message:
    """What a kind of act is called; its code where it is not one of ours."""
    return NAMES.get(action, literal(action))


def told(event: Event) -> Message:
    """One sentence that says what was done to what."""
    try:
        return _SENTENCES.get(event.action, _plain)(event.detail, event.batch)
    except (KeyError, TypeError, IndexError):  # an entry of an older form: what it is about, at least
        return _plain(event.detail, event.batch)


def _plain(detail: Detail, about: str) -> Message:
    reason = str(detail.get("reason") or "")
    if about and reason:
        return say("批次{batch}：{reason}", batch=about, reason=reason)
    return say("批次{batch}", batch=about) if about else literal(reason)


def _import(detail: Detail, about: str) -> Message:
    batch = detail["batch"]
    name = str(batch["file"] or "")
    return say(
        "{type}，{n}条，来自{file}（批次{batch}）",
        type=register(batch["type"]),
        n=detail["versions"],
        file=say("网页填报") if not name or was_typed(name) else name,
        batch=about,
    )


def _year(detail: Detail, _: str) -> Message:
    return say(
        "{type}{year}年度（{place}）：{reason}",
        type=register(detail["type"]),
        year=detail["year"],
        place=place(detail["region"]),
        reason=detail["reason"],
    )


def _deadline(detail: Detail, _: str) -> Message:
    return say(
        "{type}{year}年度（{place}）改到{day}：{reason}",
        type=register(detail["type"]),
        year=detail["year"],
        place=place(detail["region"]),
        day=detail["day"],
        reason=detail["reason"],
    )


def _remind(detail: Detail, _: str) -> Message:
    return say("{office}，{n}项未报", office=detail["office"], n=len(detail["points"]))


def _attach(detail: Detail, _: str) -> Message:
    return say(
        "{file}，附于{type}“{key}”", file=detail["name"], type=register(detail["type"]), key=detail["key"]
    )


def _publish(detail: Detail, about: str) -> Message:
    return say("{number}，{n}个数，截至{day}", number=about, n=detail["figures"], day=detail["as_of"])


def _backup(detail: Detail, _: str) -> Message:
    return say("{file}，{n}个文件", file=detail["file"], n=detail["files"])


def _units(detail: Detail, _: str) -> Message:
    return say("{unit}：{address}", unit=detail["unit"], address=detail["addresses"] or say("不再有邮箱"))


def _account(detail: Detail, _: str) -> Message:
    name, role = str(detail.get("name") or ""), ROLES.get(str(detail.get("role") or ""))
    if not name:
        return say("来自{address}", address=detail["address"]) if detail.get("address") else literal("")
    if detail.get("active") is False:
        return say("{name}停用", name=name)
    if role is None:
        return literal(name)
    where = detail.get("region")
    return (
        say("{name}，{role}", name=name, role=role.label)
        if not where
        else say("{name}，{role}，{place}", name=name, role=role.label, place=place(str(where)))
    )


#: Why an identity provider let nobody in.
_REFUSED = {
    "down": say("统一身份认证没有应答"),
    "wrong": say("统一身份认证的应答不能相信"),
    "refused": say("统一身份认证没有同意"),
    "unknown": say("没有这个账号"),
    "closed": say("账号已停用"),
    "state": say("登录不是从本站开始的"),
}


def _not_admitted(detail: Detail, _: str) -> Message:
    why = _REFUSED.get(str(detail["why"]), literal(str(detail["why"])))
    about = str(detail.get("name") or detail.get("what") or "")
    return say("{name}：{note}", name=why, note=about) if about else why


def _token(detail: Detail, _: str) -> Message:
    name, until = str(detail["token"]), str(detail.get("expires") or "")
    return (
        say("{name}，有效至{day}", name=name, day=dated(date.fromisoformat(until)))
        if until
        else literal(name)
    )


def _webhook(detail: Detail, _: str) -> Message:
    name, url = str(detail["webhook"]), str(detail.get("url") or "")
    return say("{name}：{note}", name=name, note=url) if url else literal(name)


def _draw(detail: Detail, about: str) -> Message:
    return say("{type}（{number}）", type=register(detail["type"]), number=about)


def _levels(detail: Detail, _: str) -> Message:
    levels = str(say("、")).join(detail["levels"]) or str(say("不审核"))
    return say("{levels}：{reason}", levels=levels, reason=detail["reason"] or say("按设置"))


def _warning(detail: Detail, _: str) -> Message:
    note = str(detail.get("note") or "")
    subject = str(detail.get("subject") or "")
    named = detail.get("name")
    text = str(named.get(language(), "")) if isinstance(named, Mapping) else str(named or subject)
    return say("{name}：{note}", name=text, note=note) if note else literal(text)


_SENTENCES: dict[str, Callable[[Detail, str], Message]] = {
    "import": _import,
    "lock": _year,
    "unlock": _year,
    "deadline": _deadline,
    "remind": _remind,
    "attach": _attach,
    "publish": _publish,
    "backup": _backup,
    "units": _units,
    "draw": _draw,
    "review-levels": _levels,
    "warning": _warning,
    "warning-acknowledged": _warning,
    **dict.fromkeys((name for name in NAMES if name.startswith("account-")), _account),
    "account-refused": _not_admitted,
    "token-made": _token,
    "token-revoked": _token,
    "webhook-made": _webhook,
    "webhook-closed": _webhook,
    "webhook-opened": _webhook,
}


def register(name: str) -> str:
    """The label of a record type; its name where it is gone."""
    found = served().packs.records.get(name)
    return found.label.text(language()) if found else name


def place(code: str | None) -> Message:
    """The name of a region; that of the whole where there is none."""
    return literal(served().name_of(code)) if code else say("全地区")

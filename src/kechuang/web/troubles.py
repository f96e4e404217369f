"""Pages for what went wrong: not found, not yours, expired, a fault of the data. Never a traceback."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse

from kechuang.errors import Fault, KechuangError
from kechuang.messages import Message, say
from kechuang.web.rendering import Page, rendered


@dataclass(frozen=True)
class Trouble:
    """What a page of trouble says: one sentence, and one thing to do."""

    heading: Message
    text: Message
    action: Message
    href: str
    faults: tuple[Message, ...] = ()
    kept: tuple[tuple[str, str], ...] = field(default=())


#: Fields whose text goes back to nobody: what guards the form, and what somebody keeps to themselves.
SECRETS = ("csrfmiddlewaretoken", "old", "again", "token", "secret")


def told_back(name: str) -> bool:
    """Whether the text of a field may be shown again to whoever typed it."""
    return name not in SECRETS and "password" not in name.lower()


def _page(request: HttpRequest, trouble: Trouble, status: int) -> HttpResponse:
    return rendered(request, Page("kechuang/trouble.html", trouble, status))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    heading, text = say("没有这一页"), say("地址有误，或者它不归您的账号查看。")
    return _page(request, Trouble(heading, text, say("回到总览"), "/"), 404)


def forbidden(request: HttpRequest, status: int = 403) -> HttpResponse:
    if status == 401:
        text = say("登录已过期，或者还没有登录；未保存的内容仍在您的页面上。")
        return _page(request, Trouble(say("请先登录"), text, say("去登录"), "/login/"), 401)
    text = say("您的账号没有查看或操作这一页的权限；这次访问已记录。")
    return _page(request, Trouble(say("不归您的账号"), text, say("回到总览"), "/"), 403)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """More was sent than the ``most`` bytes any upload may hold: nothing of it was kept."""
    text = say("一次上传至多{n}MB。请去掉图片和多余的工作表，或分几次上传。", n=most // 2**20)
    return _page(request, Trouble(say("文件太大，没有上传"), text, say("重新上传"), request.path), 413)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open longer than the session: what was typed is shown, so that nothing is lost."""
    text = say("表单打开得太久或来自别处，没有提交。您填的内容在下面，可以复制后重新填写。")
    heading, again = say("没有提交"), say("重新打开")
    return _page(request, Trouble(heading, text, again, request.path, kept=_typed(request)), 403)


def busy(request: HttpRequest) -> HttpResponse:
    """Somebody else has been writing for longer than a request waits: nothing was changed, nothing is lost."""
    text = say("正在导入大批记录，数据库暂时不能写入；没有改动任何数据，请过一两分钟再试。")
    trouble = Trouble(say("请稍后再试"), text, say("重新打开"), request.path, kept=_typed(request))
    answer = _page(request, trouble, 503)
    answer["Retry-After"] = "60"
    return answer


def _typed(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """What was typed into the form, but for secrets."""
    return tuple(
        (name, str(value))
        for name, value in request.POST.items()
        if told_back(str(name)) and str(value).strip()
    )


def told(request: HttpRequest, error: KechuangError) -> HttpResponse:
    faults = tuple(_outside(fault).full() for fault in error.faults)
    return _page(
        request, Trouble(error.message, error.remedy or error.message, say("回到总览"), "/", faults), 422
    )


def _outside(fault: Fault) -> Fault:
    """A fault as a page tells it: of a file its name, never where it lies on the server."""
    if not fault.place.file:
        return fault
    return replace(fault, place=replace(fault.place, file=PurePath(fault.place.file).name))


def malformed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """A request no page can read: too many fields, a host that is not ours, bytes that are no text."""
    text = say("请求读不懂：字段太多、内容太大，或者有不能有的字符。")
    try:
        return _page(request, Trouble(say("没有收下"), text, say("回到总览"), "/"), 400)
    except Exception:  # not even the page about it can be made of such a request
        return HttpResponse(str(text), status=400, content_type="text/plain; charset=utf-8")


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault: told in plain words, with nothing of the inside."""
    text = say("系统出了错，已记下；请稍后再试，或告诉系统管理员发生的时间。")
    try:
        return _page(request, Trouble(say("出了错"), text, say("回到总览"), "/"), 500)
    except Exception:  # the page itself cannot be made
        return HttpResponse(str(text), status=500, content_type="text/plain; charset=utf-8")

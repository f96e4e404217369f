"""Pages for what went wrong: not found, not yours, expired, a fault of the data. Never a traceback."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from kechuang.errors import KechuangError
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
    """More was sent than any upload may hold: nothing of it was kept."""
    text = say("一次上传至多{n}MB。请去掉图片和多余的工作表，或分几次上传。", n=most)
    return _page(request, Trouble(say("文件太大，没有上传"), text, say("重新上传"), request.path), 413)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open longer than the session: what was typed is shown, so that nothing is lost."""
    kept = tuple(
        (name, str(value))
        for name, value in request.POST.items()
        if name != "csrfmiddlewaretoken" and "password" not in name and str(value).strip()
    )
    text = say("表单打开得太久或来自别处，没有提交。您填的内容在下面，可以复制后重新填写。")
    return _page(request, Trouble(say("没有提交"), text, say("重新打开"), request.path, kept=kept), 403)


def told(request: HttpRequest, error: KechuangError) -> HttpResponse:
    faults = tuple(fault.full() for fault in error.faults)
    return _page(
        request, Trouble(error.message, error.remedy or error.message, say("回到总览"), "/", faults), 422
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault: told in plain words, with nothing of the inside."""
    text = say("系统出了错，已记下；请稍后再试，或告诉系统管理员发生的时间。")
    try:
        return _page(request, Trouble(say("出了错"), text, say("回到总览"), "/"), 500)
    except Exception:  # the page itself cannot be made
        return HttpResponse(str(text), status=500, content_type="text/plain; charset=utf-8")

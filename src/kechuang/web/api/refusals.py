"""Errors of the API in one form: ``{code, message {zh, en}, remedy, faults}``."""

from __future__ import annotations

import logging
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from kechuang.errors import Fault, KechuangError
from kechuang.messages import Message, literal, say

log = logging.getLogger("kechuang.web.api")


class Refused(Exception):
    """A call that is not answered: its status and what the caller is told."""

    def __init__(self, status: int, code: str, message: Message, *, wait: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.wait = status, code, message, wait


def unknown() -> Refused:
    """Not there, or not this account's to know of: both are told alike."""
    return Refused(404, "not-found", say("没有这一项，或者它不归您的账号查看"))


def wrong(
    status: int,
    code: str,
    message: Message,
    faults: tuple[Fault, ...] = (),
    remedy: Message | None = None,
) -> JsonResponse:
    """The answer to a call that failed."""
    content = {
        "code": code,
        "message": message.both(),
        "remedy": remedy.both() if remedy else None,
        "faults": [fault_told(fault) for fault in faults],
    }
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    answer = wrong(error.status, error.code, error.message)
    if error.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="kechuang"'
    if error.wait is not None:
        answer["Retry-After"] = str(error.wait)
    return answer


def told(request: HttpRequest, error: KechuangError) -> HttpResponse:
    return wrong(422, error.code, error.message, error.faults, error.remedy)


def invalid(request: HttpRequest, errors: list[dict[str, Any]]) -> HttpResponse:
    """Parameters that are not as the schema has them: each one, with what was wrong."""
    from kechuang.errors import Place

    faults = tuple(
        Fault(
            "parameter-invalid",
            say("参数不合要求：{problem}", problem=literal(str(one.get("msg", "")))),
            Place(field=".".join(str(part) for part in one.get("loc", ())[1:]) or None),
        )
        for one in errors
    )
    return wrong(422, "parameter-invalid", say("参数有{n}处不合要求", n=len(faults)), faults)


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: kept in the log, told without anything of the inside."""
    log.error("%s %s", request.method, request.path, exc_info=error)
    return wrong(500, "server-error", say("服务器出了错，已记下；请稍后再试。"))


def fault_told(fault: Fault) -> dict[str, Any]:
    """As :meth:`Fault.as_dict`; of a file its name alone, never where it lies on the server."""
    content = fault.as_dict()
    if content["file"]:
        content["file"] = PurePath(content["file"]).name
    return content

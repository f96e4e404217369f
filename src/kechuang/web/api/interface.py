"""The addresses under ``/api/``, made of the register of operations, and the schema that describes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from kechuang import __version__
from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.web.api import answers, batches, office, reading, refusals, registers  # noqa: F401 - declare operations
from kechuang.web.api.door import Door
from kechuang.web.api.endpoints import ENDPOINTS, Endpoint
from kechuang.web.api.refusals import Refused
from kechuang.web.api.scopes import SCOPES

#: What any operation may answer instead.
TROUBLES = (400, 401, 403, 404, 422, 429)
ABOUT = say(
    "一个地区科技创新规划的进度、指标、台账和报送。公开的读取不需令牌；其余用“Authorization: Bearer 令牌”，"
    "或登录后的会话（写操作另带 X-CSRFToken）。"
)


#: Names of the two addresses that are no operations.
SCHEMA, NOTHING = "api-schema", "api-nothing"


class Readable(JSONRenderer):
    """JSON with Chinese as it is written."""

    def __init__(self) -> None:
        self.json_dumps_params = {"ensure_ascii": False}


def both(message: Message) -> str:
    """A sentence for a schema, which has one text for all readers."""
    return f"{message.zh} · {message.en}"


def made() -> NinjaAPI:
    """The interface, of every operation declared."""
    api = NinjaAPI(
        title="科创 Kechuang",
        version=__version__,
        description=both(ABOUT),
        docs_url=None,
        openapi_url=None,
        renderer=Readable(),
        urls_namespace="api",
    )
    _tell(api)
    for one in ENDPOINTS:
        _add(api, one)
    return api


def described(api: NinjaAPI) -> dict[str, Any]:
    """The OpenAPI schema, with the two ways in."""
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/")
    purposes = "; ".join(f"{scope.name}: {both(scope.label)}" for scope in SCOPES.values())
    schema["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": purposes},
        "session": {"type": "apiKey", "in": "cookie", "name": "kechuang"},
    }
    return schema


def _add(api: NinjaAPI, one: Endpoint) -> None:
    known: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    extra: dict[str, Any] = {
        "security": [{}, *known] if one.public else known,
        "x-roles": sorted(one.sees),
        "x-scope": one.scope,
        "x-cost": one.cost,
    }
    response: dict[int, Any] = {200: one.answer, **dict.fromkeys(TROUBLES, answers.Wrong)}
    if one.answer is None:
        text: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
        kinds = sorted({kind.partition(";")[0] for _, kind in office.FORMATS.values()})
        content = {kind: {"schema": {}} if kind == "application/json" else text for kind in kinds}
        extra["responses"] = {200: {"description": "OK", "content": content}}
    api.api_operation(
        [one.method],
        f"/{one.route}",
        auth=Door(one),
        response=response,
        operation_id=one.name,
        summary=both(one.about),
        tags=[both(one.group)],
        url_name=f"api-{one.name}",
        openapi_extra=extra,
    )(_resolved(one.run))


def _resolved(run: Callable[..., Any]) -> Callable[..., Any]:
    """``run`` with its annotations as types rather than text, wherever it was written; and without its
    docstring, which is for whoever reads the code."""

    @wraps(run)
    def operation(request: HttpRequest, **given: Any) -> Any:
        return run(request, **given)

    signature = inspect.signature(run, eval_str=True)
    operation.__signature__ = signature  # type: ignore[attr-defined]
    operation.__doc__ = None
    return operation


def _tell(api: NinjaAPI) -> None:
    """Every error in the one form."""
    malformed = say("请求读不懂")
    answers_by_kind: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refused: refusals.refused,
        KechuangError: refusals.told,
        ValidationError: lambda request, error: refusals.invalid(request, error.errors),
        HttpError: lambda _, error: refusals.wrong(error.status_code, "request-malformed", malformed),
        SuspiciousOperation: lambda *_: refusals.wrong(400, "request-malformed", malformed),
        MultiPartParserError: lambda *_: refusals.wrong(400, "request-malformed", malformed),
        Http404: lambda request, _: refusals.refused(request, refusals.unknown()),
        Exception: refusals.broken,
    }
    for kind, answer in answers_by_kind.items():
        api.add_exception_handler(kind, answer)


def _open(view: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A view as the site serves it: wrong methods answered in the one form, open data usable from pages
    elsewhere (which get no session with it)."""
    public = any(f"api-{one.name}" == name and one.public for one in ENDPOINTS) or name == SCHEMA

    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **given: Any) -> Any:
        head = request.method == "HEAD"
        if head:  # what GET would answer, without its body
            request.method = "GET"
        try:
            answer = view(request, *arguments, **given)
        finally:
            request.method = "HEAD" if head else request.method
        if head and answer.status_code != 405:
            answer["Content-Length"] = str(len(answer.content))
            answer.content = b""
        if answer.status_code == 405:
            methods = [one.strip() for one in answer["Allow"].split(",")]
            allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods and "HEAD" not in methods else [])])
            answer = refusals.wrong(405, "method-not-allowed", say("这个地址没有这种操作"))
            answer["Allow"] = allowed
        if public and request.method in ("GET", "HEAD"):
            answer["Access-Control-Allow-Origin"] = "*"
            answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        answer.setdefault("Vary", "Authorization, Cookie")
        return answer

    answered.csrf_exempt = True  # type: ignore[attr-defined] # the door asks for it where a session writes
    return answered


def nothing_there(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below ``/api/``."""
    return refusals.refused(request, refusals.unknown())


def addresses() -> list[URLPattern]:
    """What ``urls`` serves below ``/api/``."""
    api = made()
    schema = described(api)

    def told(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return JsonResponse(schema, json_dumps_params={"ensure_ascii": False})

    found = [
        path(str(one.pattern), _open(one.callback, str(one.name)), name=one.name)
        for one in api.urls[0]
        if isinstance(one, URLPattern) and one.callback is not None and one.name != "api-root"
    ]
    return [
        path("openapi.json", _open(told, SCHEMA), name=SCHEMA),
        *found,
        path("<path:rest>", _open(nothing_there, NOTHING), name=NOTHING),
    ]

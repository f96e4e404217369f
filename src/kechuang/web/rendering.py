"""From a typed context to a page, or to its JSON twin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kechuang.messages import Message
from kechuang.web.headings import phrased


@dataclass(frozen=True)
class Page:
    """A template and its context, a dataclass; ``part`` is the template htmx gets instead of the whole."""

    template: str
    context: Any
    status: int = 200
    part: str | None = None


def rendered(request: HttpRequest, page: Page, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """The page, the part of it htmx asked for, or with ``?format=json`` its context. ``more`` is for templates."""
    if request.GET.get("format") == "json":
        text = json.dumps(plain(page.context), ensure_ascii=False, allow_nan=False)
        return HttpResponse(text, content_type="application/json; charset=utf-8", status=page.status)
    # Going back htmx asks for the whole of a page it does not remember.
    asked = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    template = page.part if page.part and asked else page.template
    content = render_to_string(template, {"page": page.context, **(more or {})}, request)
    answer = HttpResponse(phrased(content), status=page.status)
    answer["Vary"] = "Cookie, HX-Request"
    return answer


def plain(value: Any) -> Any:
    """What JSON can hold: messages in both languages, days in ISO, value objects by their ``as_dict``."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Message):
        return value.both()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return value.name
    if hasattr(value, "as_dict"):
        return plain(value.as_dict())
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.repr}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | range):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a number of numpy's
        return plain(value.item())
    return str(value)

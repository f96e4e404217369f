"""A form whose session has expired: what was typed goes through the log-in and is there again after it.

The log-in page carries the form's fields along; after the log-in a page shows them and sends them to where
they were going, once whoever typed them says so. Files cannot be carried, and passwords never are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse

from kechuang.messages import Message
from kechuang.web.oidc.words import button
from kechuang.web.rendering import Page, rendered
from kechuang.web.troubles import told_back

#: Fields carried at most, and characters of all of them together.
FIELDS, SIZE = 400, 200_000


@dataclass(frozen=True)
class Expired:
    """The log-in with a form in its hands."""

    next: str
    carried: str
    kept: list[tuple[str, str]]
    files: bool
    provider: Message | None = field(default_factory=button)


@dataclass(frozen=True)
class Resumed:
    """The form again, to be sent."""

    address: str
    fields: list[tuple[str, str]]
    kept: list[tuple[str, str]]


def expired(request: HttpRequest) -> HttpResponse:
    """Instead of a redirect that would lose what was typed: the log-in, with it."""
    fields = [
        (str(name), str(value))
        for name, values in request.POST.lists()
        for value in values
        if told_back(str(name))
    ][:FIELDS]
    carried = json.dumps(fields, ensure_ascii=False)
    context = Expired(
        request.get_full_path(), carried if len(carried) <= SIZE else "", _told(fields), bool(request.FILES)
    )
    return rendered(request, Page("kechuang/expired.html", context, 401))


def resumed(request: HttpRequest, after: str) -> HttpResponse | None:
    """After a log-in: the page that shows what was carried; None where nothing was."""
    try:
        content = json.loads(request.POST.get("carried", "") or "null")
        fields = [(str(name), str(value)) for name, value in content][:FIELDS] if content else []
    except (ValueError, TypeError, RecursionError):
        return None
    fields = [(name, value) for name, value in fields if told_back(name)]
    if not fields:
        return None
    return rendered(request, Page("kechuang/resumed.html", Resumed(after, fields, _told(fields))))


def _told(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a person typed, as far as it can be told from what the page sends along by itself."""
    aside = ("slip", "do", "version", "next")
    return [(name, value) for name, value in fields if value.strip() and name not in aside]

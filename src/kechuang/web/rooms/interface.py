"""The page about the API: its operations, who may use them, and how."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from kechuang.errors import listed
from kechuang.messages import Message
from kechuang.web.access import page, role_of
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS, PUBLIC, ROLES
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class OperationRow:
    """An operation; ``linked``: it can be opened as it stands."""

    method: str
    path: str
    about: Message
    public: bool
    scope: str
    roles: Message
    linked: bool


@dataclass(frozen=True)
class Interface:
    """All operations, in groups."""

    groups: list[tuple[Message, list[OperationRow]]]
    count: int
    public: int
    per_minute: int
    known: bool
    notices: bool


@page("api/", "api", PUBLIC)
def interface(request: HttpRequest) -> Page:
    from kechuang.web.api.endpoints import ENDPOINTS, GROUPS

    role = role_of(request)
    groups: dict[str, tuple[Message, list[OperationRow]]] = {}
    for one in ENDPOINTS:
        roles = listed([ROLES[name].label for name in ROLES if name in one.sees])
        row = OperationRow(
            one.method, f"/api/{one.route}", one.about, one.public, one.scope, roles, one.public and one.bare
        )
        groups.setdefault(one.group.zh, (one.group, []))[1].append(row)
    context = Interface(
        groups=[groups[group.zh] for group in GROUPS if group.zh in groups],
        count=len(ENDPOINTS),
        public=sum(one.public for one in ENDPOINTS),
        per_minute=served().settings.api_per_minute,
        known=request.user.is_authenticated,
        notices=role in ADMINISTRATORS,
    )
    return Page("kechuang/api.html", context)

"""Where a request comes from."""

from __future__ import annotations

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address of the other end. What a proxy says counts only where the site stands behind one."""
    from kechuang.web.workspaces import served

    if served().settings.https:
        last = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        if last:
            return str(last)[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]

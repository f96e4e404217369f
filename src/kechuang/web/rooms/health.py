"""Whether the site is well: for whoever watches it, without a log-in and without any figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from kechuang import __version__
from kechuang.web.access import page
from kechuang.web.roles import PUBLIC
from kechuang.web.workspaces import served


@page("healthz", "health", PUBLIC)
def health(request: HttpRequest) -> HttpResponse:
    from kechuang.records import audit

    try:
        audit.head(served().store.alias)
    except Exception:
        return JsonResponse({"status": "error", "database": False}, status=503)
    return JsonResponse({"status": "ok", "version": __version__, "database": True})


@page("favicon.ico", "favicon", PUBLIC)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the mark of what is no HTML page: the twins, the files."""
    return redirect("/static/kechuang/favicon.svg")

"""The addresses of the site: those the pages declare, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from kechuang.web import accounts, rooms  # noqa: F401 - importing declares the pages
from kechuang.web.access import PAGES
from kechuang.web.api.interface import addresses
from kechuang.web.hooks import desk  # noqa: F401 - declares its pages

#: Addresses written out come before those with a part that may be anything.
urlpatterns: list[URLPattern | URLResolver] = [
    path(page.route, page.view, name=page.name)
    for page in sorted(PAGES, key=lambda page: page.route.count("<"))
]
urlpatterns += [path("api/", include(addresses()))]

handler400 = "kechuang.web.troubles.malformed"
handler404 = "kechuang.web.troubles.not_found"
handler403 = "kechuang.web.troubles.forbidden"
handler500 = "kechuang.web.troubles.broken"

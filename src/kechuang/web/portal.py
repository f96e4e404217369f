"""The public pages as files: the same templates without a server, with relative links, for any web space.

Starting at home every public page is fetched as nobody who is logged in would see it, in every language,
and every link is followed; a link to what is not public loses its address. Of the thousands of figures
those of the whole region have a page of how they were computed: of every year where the plan has a target,
else of the last. The pages open from a folder on a disk, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from posixpath import relpath
from urllib.parse import urlsplit

from kechuang.errors import KechuangError
from kechuang.messages import LANGUAGES, in_language, say
from kechuang.whole import whole_folder

MARK = "portal.txt"
STATIC = Path(__file__).parent / "static" / "kechuang"
#: What only a page with a server behind it needs.
LEFT_OUT = ("vendor/htmx.min.js",)
_LINK = re.compile(r'\b(href|src)="([^"]*)"')
_HTMX = re.compile(r'\s+hx-[a-z-]+="[^"]*"')
_FIGURE = re.compile(r"^/indicators/([^/]+)/([^/]+)/(\d+)/$")
_ENTRY = re.compile(r"^(?:/plan/)?\?entry=([^&#]+)")

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Portal:
    """What was written, as paths inside the folder: ``pages``, and ``files`` of every kind."""

    pages: list[str]
    files: list[str]


def write_portal(workspace: Path, folder: Path, report: Report | None = None) -> Portal:
    """Write the public site of the workspace in ``workspace`` to ``folder``; what was there of it is replaced.

    Refuses a folder that holds anything else (``folder-taken``). KechuangError where it cannot be written.
    """
    from kechuang.web.site import application, open_site

    served = open_site(workspace)
    application()  # Django is set up
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        raise KechuangError(
            "folder-taken",
            say("{folder} 已存在，且不是公众网站的文件夹", folder=folder),
            remedy=say("请另给一个文件夹。"),
        )
    first = served.settings.language
    languages = [first, *(one for one in LANGUAGES if one != first)]
    pages: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for language in languages:
        prefix = "" if language == first else f"{language}/"
        crawl = _Crawl(language, prefix, files, report, served.settings.home)
        pages.update(crawl.all())
    for path in sorted(STATIC.rglob("*")):
        name = path.relative_to(STATIC).as_posix()
        if path.is_file() and name not in LEFT_OUT:
            files[f"static/kechuang/{name}"] = path.read_bytes()
    files[MARK] = ("\n".join(sorted(pages)) + "\n").encode()
    _write(folder, {**{name: text.encode() for name, text in pages.items()}, **files})
    return Portal(sorted(pages), sorted({*pages, *files}))


def _write(folder: Path, content: dict[str, bytes]) -> None:
    with whole_folder(folder) as made:
        for name, raw in content.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)


class _Crawl:
    """Follows every link of one language's pages; ``prefix`` is the folder they lie in."""

    def __init__(
        self, language: str, prefix: str, files: dict[str, bytes], report: Report | None, home: str
    ) -> None:
        self.language, self.prefix, self.files = language, prefix, files
        self.report, self.home = report, home
        self.found: dict[str, str | None] = {}  # address → text of the page; None: not for the public
        self.waiting = ["/"]

    def all(self) -> dict[str, str]:
        """The pages by their place in the folder, links made relative."""
        while self.waiting:
            address = self.waiting.pop()
            if address in self.found:
                continue
            if self.report:
                self.report(
                    f"{self.language} {address}", len(self.found), len(self.found) + len(self.waiting) + 1
                )
            self.found[address] = text = self._fetched(address)
            for _, link in _LINK.findall(text or ""):
                path = urlsplit(unescape(link)).path
                if path.startswith("/") and not path.startswith("/static/") and path not in self.found:
                    self.waiting.append(path)
        return {
            self._place(address): self._relative(address, text)
            for address, text in self.found.items()
            if text
        }

    def _fetched(self, address: str) -> str | None:
        """The page, or None where the public has none; a file is kept among the files."""
        if not _told(address):
            return None
        answer = respond(address, self.language)
        if answer is None or answer.status_code != 200:
            return None
        if answer["Content-Type"].startswith("text/html"):
            return str(answer.content.decode())
        self.files[address.lstrip("/")] = bytes(answer.content)
        return ""

    def _place(self, address: str) -> str:
        return f"{self.prefix}{address.lstrip('/')}index.html"

    def _relative(self, address: str, text: str) -> str:
        here = self._place(address)
        away = f"{here[: here.rindex('/')]}" if "/" in here else "."

        def link(match: re.Match[str]) -> str:
            name, target = match[1], self._target(address, unescape(match[2]), away)
            return f'{name}="{target}"' if target is not None else f'data-{name}=""'

        return _LINK.sub(link, _HTMX.sub("", text))

    def _target(self, address: str, link: str, away: str) -> str | None:
        """Where a link leads from the folder ``away``; None where it leads nowhere."""
        entry = _ENTRY.match(link)
        if entry and (link.startswith("/plan/") or address == "/plan/"):
            base = "" if address == "/plan/" else self._from(away, self._place("/plan/"))
            place = urlsplit(link).fragment  # a sentence leads to its entry, an entry to its sentence
            return f"{base}#{place if place.startswith('e-') else f's-{entry[1]}'}"
        if link.startswith("?lang="):
            other = link.removeprefix("?lang=")
            place = self._place(address).removeprefix(self.prefix)
            return self._from(away, place if self.prefix else f"{other}/{place}")
        if link.startswith("?"):
            return None
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or not parts.path:
            return link
        if parts.path.startswith("/static/"):
            return self._from(away, parts.path.lstrip("/"))
        held = self.found.get(parts.path)
        if held is None:
            return None
        place = self._place(parts.path) if held else parts.path.lstrip("/")
        return self._from(away, place) + (f"#{parts.fragment}" if parts.fragment else "")

    @staticmethod
    def _from(away: str, place: str) -> str:
        return relpath(place, away)


def _told(address: str) -> bool:
    """Whether an address is among the portal's: of figures, not those of every county and year."""
    from kechuang.web.rooms.figures import open_figures
    from kechuang.web.workspaces import served

    match = _FIGURE.match(address)
    if match is None:
        return True
    indicator, region, year = match.groups()
    workspace = served()
    if region != workspace.settings.region:
        return False
    latest = open_figures().latest(indicator, region)
    return (latest is not None and latest.period == year) or indicator in (
        workspace.linked if workspace.has_plan else ()
    )


def respond(address: str, language: str):  # type: ignore[no-untyped-def]
    """The answer to a reader who is nobody; None where there is no such address."""
    from django.contrib.auth.models import AnonymousUser
    from django.core.handlers.wsgi import WSGIRequest
    from django.urls import Resolver404, resolve

    try:
        match = resolve(address)
    except Resolver404:
        return None
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address.encode().decode("latin-1"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
        }
    )
    request.user = AnonymousUser()
    request.resolver_match = match
    request.still = True  # type: ignore[attr-defined]
    request.htmx = False  # type: ignore[attr-defined]
    with in_language(language):
        return match.func(request, *match.args, **match.kwargs)

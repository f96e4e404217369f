"""A browser for the tests: logs in as a role, and tells of anything that went wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.web.conftest import PASSWORD, Site

#: A target of the example that has figures and a forecast, and a day when its plan was running.
TARGET, DAY = "T1", "2024-06-30"
#: How long a page may take on a busy machine (ms): the first reader waits for the figures.
PATIENCE = 240_000


@contextmanager
def browser_of() -> Iterator[Any]:
    """Debian's Chromium, without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def enter(page: Any, site: Site, role: str) -> None:
    """Log in as the account of a role; nobody for ``public``."""
    if role == "public":
        return
    page.goto(f"{site.base}/login/")
    page.fill("#f-name", site.accounts[role])
    page.fill("#f-password", PASSWORD)
    page.click("main .btn")
    page.wait_for_url(lambda url: "/login/" not in url)


def watched(page: Any, base: str) -> list[str]:
    """What goes wrong on the page from now on: errors of scripts and of the content policy, requests that
    fail or go to another host, answers of 400 and more (422 is how a form says what is wrong with it)."""
    troubles: list[str] = []
    host = urlsplit(base).netloc

    def asked(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != host:
            troubles.append(f"request to {request.url}")

    def answered(response: Any) -> None:
        if response.status >= 400 and response.status != 422:
            troubles.append(f"{response.status} {response.url}")

    def printed(message: Any) -> None:
        if message.type in ("error", "warning") and "422" not in message.text:
            troubles.append(f"{message.type}: {message.text}")

    def failed(request: Any) -> None:
        if "ERR_ABORTED" not in str(request.failure):  # what was on its way when the reader went on
            troubles.append(f"failed: {request.url} {request.failure}")

    page.on("request", asked)
    page.on("response", answered)
    page.on("console", printed)
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on("requestfailed", failed)
    return troubles

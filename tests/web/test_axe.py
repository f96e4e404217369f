"""Every page by axe-core: nothing serious or critical, for each role, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.web.browsing import PATIENCE, TARGET, browser_of, enter
from tests.web.conftest import ROLES, Site

pytestmark = pytest.mark.browser
pytest.importorskip("playwright.sync_api")
axe_core = pytest.importorskip("axe_playwright_python.sync_playwright")

#: What each role opens; a page several roles share is looked at as the one that sees most of it.
PAGES = {
    "public": ("/", "/targets/", f"/targets/{TARGET}/", "/programmes/", "/plan/", "/login/", "/nothing/"),
    "leader": ("/", "/warnings/", "/records/", "/account/"),
    "evaluator": (f"/targets/{TARGET}/why/", "/programmes/P1/", "/plan/?finding=1"),
    "officer": ("/review/", "/batches/", "/records/sme/", "/warnings/"),
    "county": ("/records/import/", "/records/", "/batches/"),
    "administrator": ("/admin/accounts/", "/admin/accounts/1/"),
    "commissioner": ("/", "/account/"),
    "enterprise": ("/", "/account/"),
}
SIZES = ((1440, 900), (390, 844))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_of() as found:
        yield found


def test_every_role_has_its_pages() -> None:
    assert set(PAGES) == {*ROLES, "public"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", list(PAGES))
def test_nothing_serious(site: Site, browser: Any, role: str, theme: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, site, role)
    found = []
    for path in PAGES[role]:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{site.base}{path}{'&' if '?' in path else '?'}theme={theme}")
            page.wait_for_load_state("networkidle")
            found += [
                f"{path} {width}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:160]}"
                for one in axe_core.Axe().run(page).response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
    context.close()
    assert not found, "\n".join(found)

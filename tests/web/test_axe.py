"""Every page by axe-core: nothing serious or critical, light and dark, wide and narrow, as the account that sees most
of it; the main pages in English and from right to left, too. The list is the site's own: a new page is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.web.browsing import PATIENCE, browser_of, enter
from tests.web.conftest import Site
from tests.web.test_access import MAY, may_open
from tests.web.world import World, build

pytestmark = pytest.mark.browser
pytest.importorskip("playwright.sync_api")
axe_core = pytest.importorskip("axe_playwright_python.sync_playwright")

REVIEW = True
#: Who looks at a page: the first who may open it.
ORDER = ("administrator", "officer", "county", "commissioner", "enterprise", "public")
#: Pages that are no HTML, or lead on elsewhere.
NOT_LOOKED_AT = {
    *("health", "favicon", "visit-worker", "logout", "setup", "attach"),
    *("reminder-letters", "reminder-list", "evidence", "report-file", "draft", "template", "export"),
    *("error-book", "open-file", "open-table", "target-why", "plan-version"),
    *("login-oidc", "login-oidc-back"),
}
#: Pages that look otherwise for a role than for the one before it, and pages of what went wrong.
BESIDE = {
    "public": [
        "/login/",
        "/",
        "/plan/",
        "/nothing/",
        "/indicators/rd_intensity/653100/2023/",
        "/?as_of=2024-06-30",
    ],
    "officer": [
        "/desk/",
        "/?as_of=2024-06-30",
        "/targets/T1/?as_of=2024-06-30",
        "/plan/?finding=1",
        "/batches/",
    ],
    "leader": ["/", "/warnings/", "/reports/", "/admin/"],
    "evaluator": ["/desk/", "/plan/?finding=1"],
    "county": ["/desk/", "/records/", "/batches/", "/deadlines/", "/account/"],
    "commissioner": ["/account/", "/records/"],
    "enterprise": ["/desk/", "/"],
}
SIZES = ((1440, 900), (390, 844))
#: Pages looked at in English and from right to left.
MAIN = ("home", "targets", "target", "records-of", "desk", "plan", "batch", "map")


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    return build(site)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_of() as found:
        yield found


def looks(world: World) -> dict[str, list[tuple[str, str]]]:
    """Role → (page, address): every page once, as the role that sees most of it."""
    found: dict[str, list[tuple[str, str]]] = {role: [] for role in (*ORDER, "leader", "evaluator")}
    done = world.only_forms | set(NOT_LOOKED_AT)
    for role in ORDER:
        account = world.site.accounts.get(role, role)
        for thing in world.things():
            if thing.page not in done and may_open(world, thing, account):
                done.add(thing.page)
                if not (thing.page == "login" and role != "public"):
                    found[role].append((thing.page, thing.address))
    assert done >= set(MAY), set(MAY) - done
    for role, addresses in BESIDE.items():
        found[role] += [("", address) for address in addresses]
    return found


def serious(page: Any, told: str) -> list[str]:
    return [
        f"{told}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:160]}"
        for one in axe_core.Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("role", [*ORDER, "leader", "evaluator"])
def test_nothing_serious(site: Site, world: World, browser: Any, role: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, site, role)
    found: list[str] = []
    for name, path in looks(world)[role]:
        mark = "&" if "?" in path else "?"
        for theme in ("light", "dark"):
            page.goto(f"{site.base}{path}{mark}theme={theme}&lang=zh")
            page.wait_for_load_state("networkidle")
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                found += serious(page, f"{path} {theme} {width}")
        for language in ("en", "rtl") if name in MAIN else ():
            page.goto(f"{site.base}{path}{mark}theme=light&lang={language}")
            page.wait_for_load_state("networkidle")
            found += serious(page, f"{path} {language} 390")
    context.close()
    assert not found, "\n".join(sorted(set(found)))

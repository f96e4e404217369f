"""The plan room on the screen: the main road, both ways between sentence and entry, without script, by axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.browsing import PATIENCE, browser_of, watched
from tests.web.conftest import Site
from tests.web.plan_room import forms

from kechuang.plan.file import load_plan

NASTY = "<script>alert(1)</script>'\"&"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    with browser_of() as found:
        yield found


class Window:
    """A window with a role logged in, and what went wrong in it; a refused form (409, 422) is no trouble."""

    def __init__(self, site: Site, browser: Any, role: str, width: int, *, script: bool = True) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self._troubles = watched(self.page, site.base)
        self.page.context.add_cookies([{"name": "lang", "value": "zh", "url": site.base}])
        if role != "public":  # by its cookie: no page before the plan room is waited for
            kept = site.client(site.accounts[role]).session.cookies
            self.context.add_cookies(
                [{"name": n, "value": v, "url": site.base} for n, v in kept.items() if v]
            )

    def sent(self, selector: str) -> None:
        """Click what makes the page come anew."""
        with self.page.expect_event("load"):
            self.page.click(selector)

    def fits(self) -> None:
        self.page.wait_for_load_state("networkidle")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wide) <= 0, self.page.url

    def close(self) -> None:
        self.context.close()
        wrong = [one for one in self._troubles if "409" not in one]
        assert not wrong, "\n".join(wrong)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_the_main_road(site: Site, draft: Path, browser: Any, width: int) -> None:
    one, other = Window(site, browser, "officer", width), Window(site, browser, "administrator", width)
    for window in (one, other):
        page = window.page
        page.goto(f"{site.base}/plan/")
        window.fits()
        if width < 900:
            page.click('.tabs [data-tab="tree"]')
        page.click("[data-entry='T4']")
        page.wait_for_selector('[data-opened="T4"]')
        page.click('.opened a[href$="do=correct"]')
        page.wait_for_selector("form.entry")
        window.fits()
    one.page.fill("#x-value", "不是数")
    one.page.click("form.entry button")
    one.page.wait_for_selector("#x-value[aria-invalid]")
    assert one.page.input_value("#x-value") == "不是数"
    one.page.fill("#x-value", "15")
    one.sent("form.entry button")
    assert "已改正" in one.page.inner_text("#e-T4")
    other.page.fill("#x-value", "18")
    other.page.click("form.entry button")
    other.page.wait_for_selector(".both")
    assert "18" in other.page.inner_text(".both") and "15" in other.page.inner_text(".both")
    other.fits()
    other.sent("form.entry button")
    assert "≥18家" in other.page.inner_text("#e-T4")
    one.page.goto(f"{site.base}/plan/")
    one.sent(".rest button")
    assert load_plan(draft).status == "confirmed"
    one.page.goto(f"{site.base}/plan/entries/T4/")
    one.fits()
    for name, text in (
        ("value", "20"),
        ("document", "调整通知"),
        ("on", "2024-03-01"),
        ("reason", "任务提高"),
    ):
        one.page.fill(f"#x-{name}", text)
    one.sent("form.entry button")
    assert "≥20家" in one.page.inner_text("#e-T4") and "调整通知" in one.page.inner_text("#e-T4")
    one.page.goto(f"{site.base}/plan/versions/")
    one.fits()
    one.page.click('a[href$="a=v1&b=now"] >> nth=0')
    one.page.wait_for_selector(".sides")
    assert "调高8家" in one.page.inner_text(".sides")
    one.fits()
    one.close()
    other.close()


@pytest.mark.browser
def test_sentence_and_structure_light_each_other(site: Site, issued: Path, browser: Any) -> None:
    window = Window(site, browser, "public", 1440)
    page = window.page
    page.goto(f"{site.base}/plan/")
    page.hover("[data-entry='P2.3']")
    assert page.locator("[data-of='P2.3'].on").count() == 1
    page.locator("[data-of='P6.5']").first.focus()
    assert "on" in page.get_attribute("#e-P6\\.5", "class").split()
    box, rail = page.locator("#e-P6\\.5").bounding_box(), page.locator(".rail").bounding_box()
    assert rail["y"] <= box["y"] and box["y"] + box["height"] <= rail["y"] + rail["height"] + 1
    page.click("[data-of='T4'] >> nth=0")
    page.wait_for_selector('[data-opened="T4"]')
    assert page.locator("[data-of='T4'].lit").count() >= 1
    page.fill("#f-q", "智慧旅游")
    assert page.locator(".tree > li:visible").count() == 1
    page.fill("#f-q", "没有这个")
    assert page.locator(".none").is_visible()
    page.fill("#f-q", "")
    # all of the structure can be reached within its column
    page.evaluate("window.scrollTo(0, 900)")
    page.evaluate("document.querySelector('.rail').scrollTop = 1e6")
    last, rail = page.locator(".tree > li").last.bounding_box(), page.locator(".rail").bounding_box()
    assert last["y"] + last["height"] <= rail["y"] + rail["height"] + 1 <= 902
    window.close()


@pytest.mark.browser
def test_without_script_it_all_works_too(site: Site, draft: Path, browser: Any) -> None:
    window = Window(site, browser, "officer", 1440, script=False)
    page = window.page
    page.goto(f"{site.base}/plan/")
    page.click("[data-entry='T4']")
    page.click('.opened a[href$="do=correct"]')
    page.fill("#x-value", "16")
    page.click("form.entry button")
    assert "≥16家" in page.inner_text("#e-T4")
    page.fill("#f-q", "智慧旅游")
    page.click(".find button")
    assert page.locator(".tree > li").count() == 1
    page.goto(f"{site.base}/plan/?finding=1")
    page.click("#finds summary >> text=保留原文")
    page.fill("#k-1", "原文如此")
    page.click("#finds .opened form button")
    assert "照原文保留" in page.inner_text("#finds")
    window.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_by_axe(site: Site, draft: Path, browser: Any, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    window = Window(site, browser, "officer", 1440)
    officer = site.client("officer-1")
    forms.send(officer, "T4", **{**forms.form(officer, "T4"), "value": "15", "reason": "更正"})
    diff, upper = "way=diff&a=v1&b=now", "way=align&a=now&b=file:basis/national.yaml"
    for asked in (diff, upper):
        forms.result(officer, f"/plan/compare/?{asked}")
    paths = ["/plan/?entry=T4", "/plan/?finding=1", "/plan/entries/T4/", "/plan/versions/", "/plan/compare/"]
    found = []
    for path in (*paths, f"/plan/compare/?{diff}", f"/plan/compare/?{upper}"):
        for width in (1440, 390):
            window.page.set_viewport_size({"width": width, "height": 900})
            window.page.goto(f"{site.base}{path}{'&' if '?' in path else '?'}theme={theme}")
            window.fits()
            found += [
                f"{path} {width}: {one['id']} {one['nodes'][0]['html'][:160]}"
                for one in axe.Axe().run(window.page).response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
    window.close()
    assert not found, "\n".join(found)

"""Each role walks its main road in Chromium, on a desk and on a phone, in both languages: nothing on the
way may fail, ask another host, or print an error. With KECHUANG_SCREENS set, the main pages are kept as
pictures of the documentation."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.web.browsing import DAY, PATIENCE, TARGET, browser_of, enter, watched
from tests.web.conftest import PASSWORD, Site

pytestmark = pytest.mark.browser
pytest.importorskip("playwright.sync_api")

REVIEW = True
SCREENS = Path(__file__).parents[2] / "docs" / "assets" / "screens"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
WAYS = [(size, language) for size in SIZES for language in ("zh", "en")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_of() as found:
        yield found


@pytest.fixture(params=WAYS, ids="-".join)
def road(request: pytest.FixtureRequest, site: Site, browser: Any) -> Iterator[Road]:
    size, language = request.param
    made = Road(site, browser, size, language)
    yield made
    made.close()


class Road:
    """A window of one size in one language; at the end, what went wrong on the way."""

    def __init__(self, site: Site, browser: Any, size: str, language: str) -> None:
        self.site, self.size, self.language = site, size, language
        width, height = SIZES[size]
        self._browser = browser
        self._look = {"viewport": {"width": width, "height": height}, "has_touch": size == "phone"}
        self._contexts: list[Any] = []
        self._troubles: list[list[str]] = []

    def walker(self, role: str) -> Any:
        """A page with the role logged in and the language chosen."""
        context = self._browser.new_context(**self._look)
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        self._troubles.append(watched(page, self.site.base))
        page.context.add_cookies([{"name": "lang", "value": self.language, "url": self.site.base}])
        enter(page, self.site, role)
        return page

    def fits(self, page: Any) -> None:
        """Nothing on the page is wider than the window."""
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"

    def keep(self, page: Any, name: str) -> None:
        """A page that fits; a picture of it for the documentation, where they are asked for."""
        self.fits(page)
        if os.environ.get("KECHUANG_SCREENS"):
            from PIL import Image

            SCREENS.mkdir(parents=True, exist_ok=True)
            picture = Image.open(io.BytesIO(page.screenshot()))
            path = SCREENS / f"{name}-{self.size}-{self.language}.png"
            picture.convert("RGB").quantize(96).save(path, optimize=True)

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        wrong = [one for found in self._troubles for one in found]
        assert not wrong, "\n".join(wrong)


def test_leader_reads_home_target_and_why(road: Road) -> None:
    page = road.walker("leader")
    page.goto(f"{road.site.base}/?as_of={DAY}")
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[road.language]
    assert page.locator(".targets tbody tr").count() == 8
    road.keep(page, "home")
    page.locator(f'.targets a[href^="/targets/{TARGET}/"]').click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{road.site.base}/targets/{TARGET}/?as_of={DAY}")
    page.wait_for_selector("canvas")
    page.wait_for_selector(".line li")
    assert page.locator(".line tbody tr").count() > 5
    road.keep(page, "target")
    page.goto(f"{road.site.base}/warnings/")
    assert page.locator(".alarms li").count() > 0


def test_county_mends_a_cell_and_the_office_reviews(road: Road) -> None:
    number = WAYS.index((road.size, road.language))
    county, officer = road.walker("county"), road.walker("officer")
    _bring(road, county, number, "/records/import/?type=sme", faulty=True)
    assert county.locator("td.bad").count() == 1
    assert county.locator(".submit .btn").last.is_disabled()
    road.keep(county, "import")
    county.locator(".mend input[type=text]").fill(str(40 + number))
    county.locator(".mend .btn").click()
    county.locator("td.bad").wait_for(state="detached")
    _send(county)
    batch = county.url
    officer.goto(f"{road.site.base}/review/")
    officer.goto(batch)
    officer.fill("#f-comment", "请核对职工总数")
    officer.locator('button[value="return"]').click()
    officer.wait_for_load_state()
    assert officer.locator(".st--late").count() > 0
    county.goto(batch)
    assert "请核对职工总数" in county.content()
    _bring(
        road, county, number, county.locator('a[href^="/records/import/?replaces="]').get_attribute("href")
    )
    _send(county)
    officer.goto(county.url)
    road.keep(officer, "review")
    officer.locator('button[value="accept"]').click()
    officer.wait_for_load_state()
    assert officer.locator(".hero .st--done").count() == 1


def test_evaluator_opens_the_lineage(road: Road) -> None:
    page = road.walker("evaluator")
    page.goto(f"{road.site.base}/targets/{TARGET}/why/?as_of={DAY}")
    assert page.locator("blockquote").count() >= 1
    page.goto(f"{road.site.base}/plan/?entry={TARGET}#lit")
    assert page.locator("mark").count() >= 1
    road.keep(page, "plan")


def test_administrator_makes_an_account(road: Road) -> None:
    page = road.walker("administrator")
    page.goto(f"{road.site.base}/admin/accounts/")
    road.keep(page, "accounts")
    name = f"new-{road.size}-{road.language}"
    page.fill("#f-name", name)
    page.select_option("#f-role", "officer")
    page.fill("#f-password", PASSWORD)
    page.locator("form.form--grid .btn").click()
    page.wait_for_load_state()
    assert page.get_by_role("link", name=name).count() == 1


def test_the_public_reads(road: Road) -> None:
    page = road.walker("public")
    for path in ("/", "/targets/", f"/targets/{TARGET}/", "/programmes/", "/plan/"):
        page.goto(road.site.base + path)
        road.fits(page)
        assert page.locator("h1").count() == 1
    page.goto(f"{road.site.base}/warnings/")
    assert "/login/" in page.url


def test_by_keyboard_alone(road: Road) -> None:
    page = road.walker("public")
    page.goto(road.site.base)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_right_to_left_is_the_mirror(road: Road) -> None:
    page = road.walker("public")
    for path in ("/", f"/targets/{TARGET}/"):
        page.goto(f"{road.site.base}{path}?as_of={DAY}")
        before = _places(page)
        page.goto(f"{road.site.base}{path}?as_of={DAY}&lang=rtl")
        after = _places(page)
        road.fits(page)
        width = page.evaluate("document.documentElement.clientWidth")
        assert before and len(before) == len(after)
        for (name, left, right), (_, left_, right_) in zip(before, after, strict=True):
            assert abs(left_ - (width - right)) <= 2, (name, left, right, left_, right_)


def _places(page: Any) -> list[tuple[str, float, float]]:
    """Left and right edges of what stands on the page, in order."""
    page.wait_for_load_state("networkidle")
    found = page.evaluate(
        """() => [...document.querySelectorAll('.brand, .who, h1, .sec, .targets tbody td, .facts div, .tally div')]
        .filter(one => one.getBoundingClientRect().width > 0)
        .map(one => { const box = one.getBoundingClientRect(); return [one.className, box.left, box.right]; })"""
    )
    return [tuple(one) for one in found]


def _send(page: Any) -> None:
    """Send what was checked, with a word on what the check asked about."""
    if page.locator("#f-explain").count():
        page.fill("#f-explain", "已与企业核实")
    page.locator('.submit button[value="send"]').click()
    page.wait_for_url("**/batches/*/")


def _bring(road: Road, page: Any, number: int, path: str, *, faulty: bool = False) -> None:
    """Upload the county's own records with one figure changed, or spoilt."""
    client = road.site.client("county-1")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/records/sme/export.xlsx").content))
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[1] if str(cell.value).startswith("职工总数"))
    sheet.cell(2 + number, column).value = "四十多人" if faulty else 60 + number
    stream = io.BytesIO()
    book.save(stream)
    page.goto(road.site.base + path)
    page.set_input_files(
        "#f-file",
        {
            "name": f"return-{number}.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": stream.getvalue(),
        },
    )
    page.locator("main form .btn").click()
    page.wait_for_url("**/records/import/*/")

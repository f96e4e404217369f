"""What a reader sees before the first word: nothing too wide in either direction of script, one heading and no
level skipped, the navigation on one line, two sheets of paper, nothing that jumps, pages that are light."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pdfplumber
import pytest
from tests.web.browsing import DAY, PATIENCE, TARGET, browser_of, enter, watched
from tests.web.conftest import Site
from tests.web.test_axe import looks
from tests.web.world import World, build

pytestmark = pytest.mark.browser
pytest.importorskip("playwright.sync_api")

REVIEW = True
WIDTHS = (1440, 1024, 390)
#: ``rtl`` is the pseudo-language whose pages run from right to left.
LANGUAGES = ("zh", "en", "rtl")
#: Every page the site lists, and these, which have more on another day.
BESIDE = {
    "public": [
        f"/?as_of={DAY}",
        f"/targets/{TARGET}/?as_of={DAY}",
        f"/targets/{TARGET}/why/",
        "/map/st_smes/",
    ],
    "administrator": [
        f"/?as_of={DAY}",
        f"/changes/?as_of={DAY}",
        f"/targets/{TARGET}/?as_of={DAY}",
        f"/targets/{TARGET}/said/2023-12-31/",
    ],
    "county": ["/desk/"],
    "enterprise": ["/desk/"],
}
ROLES = ("public", "administrator", "officer", "leader", "evaluator", "county", "commissioner", "enterprise")

#: What a page looks like, measured: how much wider than the window, how many first headings, which headings
#: skip a level, in how many lines each row of the navigation stands, how many places it says one is at; what of its
#: words is neither Chinese nor English; and what is cut off at the side (a figure a year and an uploaded sheet may be).
MEASURE = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  let last = 0; const skipped = [];
  document.querySelectorAll('h1,h2,h3,h4,h5,h6').forEach(one => {
    const level = +one.tagName[1];
    if (level > last + 1) skipped.push(one.textContent.trim().slice(0, 30));
    last = level;
  });
  const lines = name => new Set([...document.querySelectorAll(name)].filter(one => one.offsetWidth)
    .map(one => Math.round(one.getBoundingClientRect().top))).size;
  const words = [], walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim();
    if (walk.currentNode.parentElement.closest('.paper, [lang^="zh"], code, script, style, mark')) continue;
    if (/[，。：；、（）]/.test(text) && !/\\p{Script=Han}/u.test(text)) words.push(text.slice(0, 60));
    if (/\\b1 (records|rows|files|returns|counties|entries|days|places|methods)\\b/.test(text)) words.push(text);
  }
  const shut = [...document.querySelectorAll('main details:not([open])')];
  if (innerWidth < 640) shut.forEach(one => one.open = true);
  const cut = [...document.querySelectorAll('main .scroll')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && !one.querySelector('.values, .grid, .ptbl'))
    .map(one => one.innerText.trim().slice(0, 40));
  shut.forEach(one => one.open = false);
  return {wide, words, cut, first: document.querySelectorAll('h1').length, skipped, nav: lines('.nav a'),
    rooms: lines('.rooms a'), here: document.querySelectorAll('.nav [aria-current]').length};
}"""


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    return build(site)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browser_of() as found:
        yield found


@pytest.fixture
def reader(site: Site, browser: Any) -> Iterator[Any]:
    """Opens a page as the account of a role; in the end, nothing may have gone wrong on the way."""
    contexts: list[Any] = []
    troubles: list[list[str]] = []

    def opened(role: str, width: int = 1440, **look: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **look)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        troubles.append(watched(page, site.base))
        enter(page, site, role)
        return page

    yield opened
    for context in contexts:
        context.close()
    wrong = [one for found in troubles for one in found]
    assert not wrong, "\n".join(wrong)


def _at(site: Site, path: str, language: str) -> str:
    return f"{site.base}{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_and_is_in_order(
    site: Site, world: World, reader: Any, role: str, language: str
) -> None:
    page = reader(role)
    paths = [address for name, address in looks(world)[role] if name] + BESIDE.get(role, [])
    wrong = []
    for path in paths:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(_at(site, path, language))
        page.wait_for_load_state("networkidle")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            seen = page.evaluate(MEASURE)
            if language == "en" and seen["words"] and width == WIDTHS[0]:
                wrong.append(f"{path}: no English: {seen['words']}")
            if width < 640 and seen["cut"]:
                wrong.append(f"{path} at {width}: cut off: {seen['cut']}")
            if seen["wide"] > 0:
                wrong.append(f"{path} at {width}: {seen['wide']} px too wide")
            if width > 640 and (seen["nav"] != 1 or seen["rooms"] > 1):
                wrong.append(f"{path} at {width}: navigation on {seen['nav']} and {seen['rooms']} lines")
        if seen["first"] != 1 or seen["skipped"]:
            wrong.append(f"{path}: {seen['first']} first headings, skipped before {seen['skipped']}")
    assert not wrong, "\n".join(wrong)


def test_the_head_says_where_one_is(site: Site, reader: Any) -> None:
    page = reader("administrator")
    for path, group, room in (
        ("/", "总览", "总览"),
        ("/desk/", "总览", "工作台"),
        (f"/targets/{TARGET}/", "目标", "规划目标"),
        ("/records/sme/", "台账", "台账"),
        ("/deadlines/reminders/", "台账", "期限"),
        ("/plan/comments/", "规划", "意见处理"),
        ("/admin/audit/", "管理", "审计链"),
    ):
        page.goto(_at(site, path, "zh"))
        page.wait_for_load_state("networkidle")
        assert page.locator(".nav [aria-current]").all_inner_texts() == [group], path
        assert page.locator(".rooms [aria-current=page]").all_inner_texts() == [room], path
    assert page.locator(".nav a").count() <= 7


def test_on_a_phone_the_menu_says_where_one_is_and_opens(site: Site, reader: Any) -> None:
    page = reader("officer", 390)
    page.goto(_at(site, "/deadlines/", "zh"))
    menu = page.locator(".menu > summary")
    assert "台账 › 期限" in menu.inner_text()
    assert page.locator(".nav").is_hidden()
    menu.press("Enter")
    page.get_by_role("navigation", name="全部页面").get_by_role("link", name="地图").click()
    page.wait_for_url("**/map/")


def test_keyboard_walks_the_head_in_the_order_it_is_seen(site: Site, reader: Any) -> None:
    page = reader("officer")
    page.goto(_at(site, "/targets/", "zh"))
    walked = []
    for _ in range(14):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.innerText.trim()"))
    groups = page.locator(".nav a").all_inner_texts()
    rooms = page.locator(".rooms a").all_inner_texts()
    assert walked[2 : 2 + len(groups)] == groups
    assert walked[-len(rooms) :] == rooms or [one for one in walked if one in rooms][-len(rooms) :] == rooms


def test_a_long_name_of_the_office_does_not_push_the_navigation(site: Site, reader: Any) -> None:
    for width in (1440, 1024):
        page = reader("administrator", width)
        page.goto(_at(site, "/admin/", "en"))
        page.evaluate(
            "document.querySelector('.brand span').textContent = '某自治区某某地区“十五五”科技创新发展规划实施监测平台'.repeat(2)"
        )
        seen = page.evaluate(MEASURE)
        assert (seen["nav"], seen["rooms"]) == (1, 1)
        assert seen["wide"] <= 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", f"/?as_of={DAY}"])
def test_the_leaders_page_is_two_sheets_of_paper(site: Site, reader: Any, language: str, path: str) -> None:
    page = reader("leader")
    page.goto(_at(site, path, language))
    page.wait_for_selector(".changes__span")
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) == 2
        assert (round(printed.pages[0].width), round(printed.pages[0].height)) == (595, 842)


#: Everything that has jumped on the page so far, as browsers count it (cumulative layout shift).
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) sum += one.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_jumps_and_pages_are_light(site: Site, reader: Any, width: int) -> None:
    page = reader("leader", width)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    for path in (
        "/",
        f"/?as_of={DAY}",
        f"/targets/{TARGET}/?as_of={DAY}",
        "/programmes/P1/",
        "/map/",
        "/plan/",
    ):
        sizes.clear()
        page.goto(_at(site, path, "zh"))
        page.wait_for_load_state("networkidle")
        shift = page.evaluate(SHIFT)
        assert shift < 0.01, f"{path} at {width}: what is seen shifts by {shift:.4f}"
        assert 0 < sum(sizes) < 600_000, f"{path}: {sum(sizes):,.0f} bytes"


def test_the_plans_end_is_told_in_the_words_of_the_rows(site: Site, reader: Any) -> None:
    page = reader("leader")
    page.goto(_at(site, "/?as_of=2026-06-30", "zh"))
    assert page.locator("h1").inner_text().startswith("规划期满，8项目标达成")
    rows = page.locator(".targets .t-st .st").all_inner_texts()
    tally = page.locator(".tally div")
    told = {one.locator("dt").inner_text(): int(one.locator("dd").inner_text()) for one in tally.all()}
    assert told == {word: rows.count(word) for word in set(rows)}
    assert "未达成" in told


def test_a_past_day_goes_along_and_leads_back(site: Site, reader: Any) -> None:
    page = reader("leader")
    page.goto(_at(site, "/", "zh"))
    page.locator(".looking a", has_text="2023年末").click()
    page.wait_for_load_state("networkidle")
    assert "2023年12月31日所见" in page.locator("main").inner_text()
    page.locator(f'.targets a[href^="/targets/{TARGET}/"]').click()
    page.wait_for_url("**as_of=2023-12-31")
    page.wait_for_load_state("networkidle")
    assert "2023年12月31日所见" in page.locator("main").inner_text()
    page.get_by_role("link", name="看今天").click()
    page.wait_for_url(f"**/targets/{TARGET}/")
    page.wait_for_load_state("networkidle")


def test_what_was_said_before_fills_in_day_by_day(site: Site, reader: Any) -> None:
    page = reader("evaluator")
    page.goto(_at(site, f"/targets/{TARGET}/", "zh"))
    page.get_by_role("link", name="逐个半年重新计算").click()
    page.wait_for_selector(".said tbody tr:nth-child(3) .st")
    days = page.locator(".said tbody th").all_inner_texts()
    assert days[0] != days[1]
    first = page.locator(".said tbody tr").nth(2).locator("a").get_attribute("href")
    assert first is not None and first.startswith(f"/targets/{TARGET}/?as_of=")


def test_what_moved_a_figure_adds_up(site: Site) -> None:
    found = site.client("leader-1").get(f"/targets/{TARGET}/drivers/?format=json").json()
    target = site.client("leader-1").get(f"/targets/{TARGET}/?format=json").json()
    series = dict(target["row"]["actual"])
    assert len(found["drives"]) == 2
    for drive in found["drives"]:
        change = series[drive["last"]] - series[drive["first"]]
        missing = abs(change - sum(part["change"] for part in drive["parts"]))
        assert missing <= drive["still"] * 0.5 * 10 ** -drive["decimals"] + 1e-9
    assert site.client("county-1").get(f"/targets/{TARGET}/drivers/").status_code == 403
    assert site.client("leader-1").get(f"/targets/{TARGET}/said/1999-12-31/").status_code == 404


def test_the_programmes_chart_names_every_milestone(site: Site) -> None:
    client = site.client("leader-1")
    page = client.get("/programmes/P1/").text
    for view in client.get("/programmes/P1/?format=json").json()["tasks"]:
        for milestone in view["milestones"]:
            assert milestone["name"] in page
    public = site.client().get("/programmes/P1/?format=json").json()
    assert public["projects"] == []
    assert public["money"] and client.get("/programmes/P1/?format=json").json()["projects"]


def test_the_map_is_played_by_the_keyboard(site: Site, reader: Any) -> None:
    page = reader("public", reduced_motion="reduce")
    page.goto(_at(site, "/map/st_smes/2021/", "zh"))
    before = page.locator(".tile b").all_inner_texts()
    page.focus("#f-year")
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-shown]").first.inner_text() == "2022"
    assert page.locator(".tile b").all_inner_texts() != before
    page.get_by_role("button", name="下一年").click()
    assert page.locator("[data-shown]").first.inner_text() == "2023"
    assert page.locator(".yearbar [aria-current]").inner_text() == "2023"

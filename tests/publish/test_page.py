"""The HTML page: self-contained, well formed, says what is made up, and shows no error."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from kechuang.errors import KechuangError
from kechuang.publish.report import ReportMaterial, write_report
from kechuang.publish.words import shortfall

Maker = Callable[..., ReportMaterial]
VOID = {"meta", "link", "br", "img", "hr", "input"}


#: The smallest letters on the page, in pixels as shown.
SMALLEST = """() => {
  let least = 99
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
    if (!own || !node.getClientRects().length || node.closest(".seal")) continue
    let size = parseFloat(getComputedStyle(node).fontSize)
    if (node.ownerSVGElement) size *= node.getScreenCTM().a
    least = Math.min(least, size)
  }
  return least
}"""


class Checker(HTMLParser):
    """Finds tags that do not match, doubled ids, links to nowhere and addresses of resources."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        else:
            self.loads += [given[name] or "" for name in ("src", "href", "data") if given.get(name)]
        if tag == "script" or any(name.startswith("on") for name in given):
            self.faults.append(f"script in {tag}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"unmatched {tag}")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data


def read(path: Path) -> Checker:
    checker = Checker()
    checker.feed(path.read_text("utf-8"))
    assert not checker.open
    return checker


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_is_well_formed_and_loads_nothing(tmp_path: Path, material: Maker, language: str) -> None:
    path = tmp_path / "report.html"
    write_report(path, material(language=language))
    checker = read(path)
    assert checker.faults == []
    assert len(set(checker.ids)) == len(checker.ids)
    assert {link[1:] for link in checker.links} <= set(checker.ids)
    assert all(address.startswith(("data:", "#")) for address in checker.loads)
    source = path.read_text("utf-8")
    assert set(re.findall(r"url\(\s*[\"']?(.{5})", source)) == {"data:"}
    assert "@import" not in source
    assert path.stat().st_size < 1_500_000


def test_page_tells_every_target(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    made = material()
    write_report(path, made)
    words = read(path).words
    assert "八项目标中两项已达成，两项达到进度，三项滞后，一项无法判断" in words
    for target in made.plan.targets:
        assert target.span is not None
        assert target.name in words
        assert target.span.text in words
        assert f"第{target.span.start}—{target.span.end}字" in words
    assert "规划未给基期值，完成率无法计算" in words
    assert "有效期满未续的不再计入" in words
    assert "待核实" in words
    assert "F2" in words and "研发活动" in words
    assert "缺报2份，迟报3份" in words


def test_page_says_what_is_behind_and_why_widest_gap_first(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    write_report(path, material())
    page = path.read_text("utf-8")
    block = page[page.index('id="warnings"') : page.index('id="targets"')]
    names = re.findall(r'<a href="#T\d+">([^<]+)</a>', block)
    assert len(names) == 3 and names[0] == "新型研发机构"
    assert "2024年由10家降至8家" in block
    assert "有效期满未续的不再计入" in block
    assert "完成率无法计算" not in block
    assert "牵头单位：地区科技局" in block
    order = [material().progress.target(identifier) for identifier in re.findall(r'href="#(T\d+)"', block)]
    gaps = [shortfall(target) for target in order if target]
    assert gaps == sorted(gaps, reverse=True) and gaps[0] > 0


def test_page_leads_to_each_target_and_section(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    made = material()
    write_report(path, made)
    page = path.read_text("utf-8")
    nav = page[page.index('<nav class="contents"') : page.index("</nav>")]
    wanted = [target.id for target in made.plan.targets]
    assert re.findall(r'href="#([^"]+)"', nav) == [*wanted, "returns", "programmes", "safeguards", "method"]
    table = page[page.index('id="targets"') : page.index('<nav class="contents"')]
    assert re.findall(r'<a href="#(T\d+)">', table) == wanted


def test_charts_are_titled_by_their_finding(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    write_report(path, material())
    page = path.read_text("utf-8")
    titles = re.findall(r"<figcaption><h3>([^<]+)</h3>", page)
    assert len(titles) == 8
    assert all(re.match(r"20\d\d年", title) for title in titles)
    assert "纵轴不从零开始" in page
    assert "低于全地区水平" in page and "竖线为全地区" in page
    assert "ring" not in page


def test_records_are_folded_and_printed_in_full(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    write_report(path, material())
    page = path.read_text("utf-8")
    assert page.count('</details><div class="fold">') == page.count("<details>") > 8
    style = page[page.index("@media print") :]
    assert ".fold { display: block; }" in style


def test_sample_data_is_labelled_only_where_there_is_any(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    write_report(path, material(sample=True))
    assert read(path).words.count("示例数据") > 8
    write_report(path, material(sample=False))
    words = read(path).words.replace("示例_研发填报", "")
    assert "示例数据" not in words


def test_words_are_escaped(tmp_path: Path, material: Maker) -> None:
    made = material()
    made.plan.programmes[0].title = '<script>alert("1")</script>'
    object.__setattr__(made.progress.programmes[0], "title", made.plan.programmes[0].title)
    path = tmp_path / "report.html"
    write_report(path, made)
    assert read(path).faults == []


def test_a_plan_without_anything_still_makes_a_page(tmp_path: Path, material: Maker) -> None:
    from datetime import date

    from kechuang.plan.model import Plan
    from kechuang.progress import assess

    plan = Plan(title="空规划")
    empty = ReportMaterial("空规划", plan, assess(plan, {}, date(2025, 1, 1)), [], date(2025, 1, 1))
    for name in ("report.html", "report.docx", "report.pdf"):
        write_report(tmp_path / name, empty)
    assert "规划没有列出目标" in read(tmp_path / "report.html").words


def test_a_character_without_a_glyph_is_refused_and_nothing_written(tmp_path: Path, material: Maker) -> None:
    made = material()
    object.__setattr__(made, "title", "某地区\U0001f4a1规划")
    for name in ("report.html", "report.docx", "report.pdf"):
        with pytest.raises(KechuangError) as caught:
            write_report(tmp_path / name, made)
        assert caught.value.code == "glyph-missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("report.html", "midterm", "report-kind"),
        ("report.odt", "progress", "report-suffix"),
        ("no/folder/report.html", "progress", "report-unwritable"),
    ],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path, material: Maker, name: str, kind: str, code: str
) -> None:
    with pytest.raises(KechuangError) as caught:
        write_report(tmp_path / name, material(), kind)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "language"), [(1280, "zh"), (1000, "en"), (768, "zh"), (768, "en"), (390, "zh"), (390, "en")]
)
def test_page_in_a_browser(tmp_path: Path, material: Maker, width: int, language: str) -> None:
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    write_report(path, material(language=language))
    told: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on(
            "request", lambda request: told.append(request.url) if request.url.startswith("http") else None
        )
        page.goto(path.as_uri())
        loaded = page.evaluate("document.fonts.ready.then(f => [...f].map(x => x.family + x.status))")
        wide = page.evaluate("document.documentElement.scrollWidth")
        small = page.evaluate(SMALLEST)
        browser.close()
    assert told == []
    assert wide <= width
    assert small >= 11.9
    assert all("error" not in font for font in loaded)


def test_serif_face_has_what_is_set_in_serif(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.html"
    made = material()
    write_report(path, made)
    carried = re.findall(
        r'font-family: "Kechuang (Sans|Serif)"; src: url\("data:font/woff;base64,([^"]+)',
        path.read_text("utf-8"),
    )
    known = {name: set(TTFont(BytesIO(b64decode(data))).getBestCmap()) for name, data in carried}
    quoted = "".join(target.span.text for target in made.plan.targets if target.span)
    for words, face in ((quoted + "八项目标中", "Serif"), ("牵头单位台账报送情况" + quoted, "Sans")):
        assert {ord(c) for c in words} <= known[face]
    assert len(known["Serif"]) < len(known["Sans"])

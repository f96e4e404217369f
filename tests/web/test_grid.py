"""The grid of a register: filters, order, search, pages, columns and days in the address; a record's page; files
of what is shown. And that none of it tells a county of another one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from tests.web.browsing import PATIENCE, browser_of, enter, watched
from tests.web.conftest import FOREIGN, OWN, Client, Site

SME = "/records/sme/"


def grid(client: Client, **asked: Any) -> dict[str, Any]:
    answer = client.get(SME, params={"format": "json", **asked})
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def everything(client: Client, **asked: Any) -> list[dict[str, Any]]:
    """The data of all records found, page by page."""
    first = grid(client, **asked)
    found = [row[0]["data"] for row in first["rows"]]
    for number in range(2, first["pages"]["of"] + 1):
        found += [row[0]["data"] for row in grid(client, page=number, **asked)["rows"]]
    assert len(found) == first["count"]
    return found


@pytest.fixture(scope="module")
def officer(site: Site) -> Client:
    return site.client("officer-1")


@pytest.fixture(scope="module")
def records(officer: Client) -> list[dict[str, Any]]:
    found = everything(officer)
    assert len(found) > 50  # more than a page
    assert [(one["uscc"], one["year"]) for one in found] == sorted(
        (one["uscc"], one["year"]) for one in found
    )
    return found


def keys(found: list[dict[str, Any]]) -> set[tuple[str, int]]:
    return {(one["uscc"], one["year"]) for one in found}


def test_conditions_find_what_they_say(officer: Client, records: list[dict[str, Any]]) -> None:
    year = records[0]["year"]
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"f-county": FOREIGN}, lambda one: one["county"] == FOREIGN),
        ({"f-year": year}, lambda one: one["year"] == year),
        ({"f-staff-from": "40", "f-staff-to": "90"}, lambda one: one["staff"] and 40 <= one["staff"] <= 90),
        ({"f-registered-from": "2023-05-01"}, lambda one: (one["registered"] or "") >= "2023-05-01"),
        ({"f-name": "00"}, lambda one: "00" in one["name"]),
        ({"q": "疏附"}, lambda one: one["county"] == FOREIGN or "疏附" in one["name"]),
        ({"f-county": OWN, "f-year": year}, lambda one: (one["county"], one["year"]) == (OWN, year)),
    ]
    for asked, holds in cases:
        expected = keys([one for one in records if holds(one)])
        assert keys(everything(officer, **asked)) == expected, asked
        assert 0 < len(expected) < len(records), asked


def test_what_makes_no_sense_is_passed_over(officer: Client, records: list[dict[str, Any]]) -> None:
    for asked in (
        {"f-staff-from": "many"},
        {"f-staff-from": "nan"},
        {"f-county": "999999"},
        {"f-registered-to": "2023-02-30"},
        {"sort": "nothing"},
        {"page": "-3"},
        {"f-data": "x"},
        {"show": "nothing"},
    ):
        assert grid(officer, **asked)["count"] == len(records), asked
    assert grid(officer, page="999")["pages"]["number"] == grid(officer)["pages"]["of"]
    for text in ("%", "_", '"', "\\", "'; drop table records_version; --"):
        assert grid(officer, q=text)["count"] == 0, text


def test_order_puts_what_is_empty_last(officer: Client, records: list[dict[str, Any]]) -> None:
    for sort, turned in (("revenue", False), ("-revenue", True)):
        values = [one["revenue"] for one in everything(officer, sort=sort)]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=turned)
        assert values[: len(known)] == known
    page = grid(officer, sort="-revenue")
    column = next(one for one in page["columns"] if one["name"] == "revenue")
    assert column["sorted"] == "descending"
    assert parse_qs(urlsplit(column["href"]).query)["sort"] == ["revenue"]


def test_the_file_is_what_is_shown(officer: Client) -> None:
    asked = {"f-county": FOREIGN, "sort": "-revenue", "show": ["name", "revenue"]}
    shown = grid(officer, **asked)
    assert [one["name"] for one in shown["columns"]] == ["uscc", "name", "year", "revenue"]
    book = openpyxl.load_workbook(io.BytesIO(officer.get(f"{SME}export.xlsx", params=asked).content))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1] if cell.value]
    assert len(heads) == 4 and heads[3].startswith("营业收入")
    found = [row[3].value for row in sheet.iter_rows(min_row=2) if row[0].value]
    assert found == [one["revenue"] for one in everything(officer, **asked)]
    whole = openpyxl.load_workbook(io.BytesIO(officer.get(f"{SME}export.xlsx").content)).worksheets[0]
    assert sum(cell.value is not None for cell in whole[1]) >= 10


def test_every_stop_is_a_day_of_change(officer: Client) -> None:
    stops = grid(officer)["stops"]
    assert len(stops) > 2
    counts = [grid(officer, as_of=day)["count"] for day in stops]
    assert counts == sorted(counts) and counts[0] > 0
    from datetime import date, timedelta

    before = (date.fromisoformat(stops[0]) - timedelta(days=1)).isoformat()
    empty = grid(officer, as_of=before)
    assert empty["count"] == 0
    assert empty["later"][0] == stops[0]
    second = grid(officer, as_of=stops[1])
    assert second["earlier"][0] == stops[0]
    quiet = (date.fromisoformat(stops[1]) + timedelta(days=1)).isoformat()
    assert grid(officer, as_of=quiet)["count"] == counts[1]


def test_a_county_finds_nothing_of_another(site: Site, records: list[dict[str, Any]]) -> None:
    client = site.client("county-1")
    own = keys([one for one in records if one["county"] == OWN])
    for asked in ({}, {"f-county": FOREIGN}, {"sort": "-revenue"}):
        assert keys(everything(client, **asked)) <= own, asked
    foreign = next(one for one in records if one["county"] == FOREIGN)
    assert grid(client, q=foreign["name"])["count"] == 0
    assert grid(client)["total"] == len(own)
    listed = client.get("/records/?format=json").json()["held"]
    assert next(row["count"] for row in listed if row["id"] == "sme") == len(own)
    key = f"{foreign['uscc']}|{foreign['year']}"
    for page in ("record", "figures", "edit"):
        assert client.get(f"{SME}{page}/", params={"key": key}).status_code == 404
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{SME}export.xlsx", params={"q": foreign["name"]}).content)
    )
    texts = [cell.value for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]
    assert foreign["name"] not in texts


def test_a_record_leads_to_the_figures_it_is_in(officer: Client, records: list[dict[str, Any]]) -> None:
    key = f"{records[0]['uscc']}|{records[0]['year']}"
    page = officer.get(f"{SME}record/", params={"key": key})
    assert f"{SME}figures/?key=" in page.text
    told = officer.get(f"{SME}figures/", params={"key": key, "format": "json"}).json()
    assert told["fed"], told
    figure = told["fed"][0]["figures"][0]
    assert officer.get(figure["href"]).status_code == 200
    assert officer.get(f"{SME}figures/", params={"key": "nothing"}).status_code == 404


def test_script_in_what_is_asked_stays_text(officer: Client) -> None:
    text = '"><script>alert(1)</script>'
    for asked in ({"q": text}, {"f-name": text}, {"sort": text}, {"as_of": text}, {"show": text}):
        assert "<script>alert" not in officer.get(SME, params=asked).text


# -- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    with browser_of() as found:
        yield found


@pytest.fixture
def window(site: Site, browser: Any) -> Iterator[Any]:
    """A page of an officer; at the end, what went wrong on it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    wrong = watched(page, site.base)
    enter(page, site, "officer")
    yield page
    context.close()
    assert not wrong, wrong


@pytest.mark.browser
def test_the_address_follows_what_is_asked_and_goes_back(site: Site, window: Any) -> None:
    from playwright.sync_api import expect

    window.goto(site.base + SME)
    before = window.locator(".rows tbody tr").count()
    with window.expect_response(lambda answer: "f-county" in answer.url):
        window.select_option("#f-county", FOREIGN)
    window.wait_for_url(f"**{SME}?f-county={FOREIGN}")
    with window.expect_response(lambda answer: "sort=revenue" in answer.url):
        window.click("#s-revenue")
    window.wait_for_url(f"**{SME}?f-county={FOREIGN}&sort=revenue")
    assert window.locator("th:has(#s-revenue)").get_attribute("aria-sort") == "ascending"
    assert window.evaluate("document.activeElement.id") == "s-revenue"  # who sorts by keyboard stays there
    shared = window.locator(".rows tbody").inner_text()
    window.go_back()
    window.wait_for_url(f"**{SME}?f-county={FOREIGN}")
    window.go_back()
    window.wait_for_url(f"**{SME}")
    expect(window.locator(".rows tbody tr")).to_have_count(before, timeout=PATIENCE)
    assert window.locator("html").count() == 1 and window.locator("header.top").count() == 1
    window.goto(f"{site.base}{SME}?f-county={FOREIGN}&sort=revenue")
    assert window.locator(".rows tbody").inner_text() == shared
    stored = window.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "91653" not in stored  # records are not left on the machine


@pytest.mark.browser
def test_the_slider_goes_to_days_of_change(site: Site, window: Any) -> None:
    from playwright.sync_api import expect

    window.goto(site.base + SME)
    stops = window.locator("[data-stops]").get_attribute("data-stops").split()
    slider = window.locator("#f-stop")
    assert slider.is_visible()
    slider.focus()
    with window.expect_response(lambda answer: "as_of=" in answer.url):
        window.keyboard.press("Home")
    window.wait_for_url(f"**as_of={stops[0]}")
    assert window.input_value("#f-day") == stops[0]
    assert slider.get_attribute("aria-valuetext") == stops[0]
    window.locator(".found a", has_text="下一次变动").click()
    window.wait_for_url(f"**as_of={stops[1]}")
    expect(window.locator("#f-day")).to_have_value(stops[1], timeout=PATIENCE)
    assert slider.input_value() == "1"


@pytest.mark.browser
def test_head_and_first_column_stay_in_sight(site: Site, window: Any) -> None:
    window.set_viewport_size({"width": 700, "height": 700})
    window.goto(site.base + SME)
    window.evaluate("document.querySelector('.scroll--grid').scrollTo(400, 300)")
    places = window.evaluate(
        """() => { const box = document.querySelector('.scroll--grid').getBoundingClientRect();
        const head = document.querySelector('.rows thead th').getBoundingClientRect();
        const rows = [...document.querySelectorAll('.rows tbody th')].map(one => one.getBoundingClientRect().left - box.left);
        return [head.top - box.top, head.left - box.left, Math.max(...rows.map(Math.abs))]; }"""
    )
    assert all(abs(place) < 4 for place in places), places


@pytest.mark.browser
def test_without_script_the_form_does_the_same(site: Site, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, site, "officer")
    page.goto(site.base + SME)
    page.select_option("#f-county", FOREIGN)
    page.select_option("#f-sort", "-revenue")
    page.locator(".lookup .btn").click()
    page.wait_for_load_state()
    assert f"f-county={FOREIGN}" in page.url
    assert (
        page.locator(".rows tbody tr").count()
        == grid(site.client("officer-1"), **{"f-county": FOREIGN})["count"]
    )
    context.close()


@pytest.mark.browser
def test_on_a_phone_rows_restack(site: Site, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, site, "county")
    page.goto(site.base + SME)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row = page.locator(".rows tbody tr").first
    assert row.get_attribute("role") == "row"
    box = row.locator("td").first.bounding_box()
    assert box is not None and box["width"] > 300
    context.close()

"""A visit logged on a phone: without script, twice, without a signal and sent later, and what the checks say."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.web.conftest import OWN, PASSWORD, Client, Site, kechuang

POST = f"KTP-{OWN}-0001"
TYPE = "commissioner_services"
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def commissioner(site: Site) -> Client:
    """Whoever holds a post, by an account that has its number for a name."""
    kechuang(
        "-C",
        site.folder,
        "user",
        "add",
        POST,
        "--role",
        "commissioner",
        "--region",
        OWN,
        given=PASSWORD + "\n",
    )
    return site.client(POST)


def filled(page: dict[str, Any], **other: str) -> dict[str, str]:
    """The fields of the form, for the first village of the post."""
    form = page["form"]
    return {
        **form["held"],
        form["place"]["name"]: form["near"][0]["code"],
        "day": page["today"],
        "kind": "disease",
        "hours": "2",
        "served": "12",
        "solved": "1",
        "slip": str(uuid.uuid4()),
        **other,
    }


def page_of(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/visit/?format=json").json()
    return found


def stored(site: Site, day: str, kind: str) -> list[str]:
    """The batches of the versions of one visit."""
    import sqlite3

    with sqlite3.connect(site.folder / "kechuang.db") as database:
        found = database.execute(
            "select batch_id from records_version where type = ? and key = ?", (TYPE, f"{POST}|{day}|{kind}")
        )
        return [one for (one,) in found]


def test_the_form_knows_the_post_its_village_and_the_last_visit(commissioner: Client) -> None:
    page = page_of(commissioner)
    assert page["post"] == POST
    assert page["posts"] == [POST]
    assert [one["code"][:6] for one in page["form"]["near"]] == [OWN] * len(page["duties"])
    assert page["duties"]
    preset = {one["name"]: one["value"] for one in page["form"]["choices"]}
    assert preset["kind"] == page["visits"][0]["data"]["kind"]
    assert {one["value"] for one in page["form"]["others"]} == {""}  # how many were helped is never preset


def test_a_visit_is_one_record_however_often_it_is_sent(site: Site, commissioner: Client) -> None:
    page = page_of(commissioner)
    form = filled(page, kind="guidance")
    first = commissioner.post("/visit/", page="/visit/", **form)
    assert first.status_code == 302, first.text
    assert commissioner.post("/visit/", page="/visit/", **form).status_code == 302
    again = commissioner.post("/visit/?format=json", page="/visit/", **form)
    assert again.status_code == 200
    assert again.json()["repeated"] is True
    batches = stored(site, page["today"], "guidance")
    assert batches == [again.json()["batch"]]
    latest = page_of(commissioner)["visits"][0]
    assert (latest["day"], latest["data"]["served"]) == (page["today"], 12)


def test_a_second_visit_of_the_same_kind_does_not_overwrite_the_first_unasked(
    site: Site, commissioner: Client
) -> None:
    page = page_of(commissioner)
    form = filled(page, kind="market")
    assert commissioner.post("/visit/", page="/visit/", **form).status_code == 302
    other = filled(page, kind="market", served="3")
    answer = commissioner.post("/visit/?format=json", page="/visit/", **other)
    assert answer.status_code == 409
    assert answer.json()["clash"]["data"]["served"] == 12
    assert len(stored(site, page["today"], "market")) == 1
    known = answer.json()["form"]["correct"]
    done = commissioner.post("/visit/", page="/visit/", **{**other, "correct": known})
    assert done.status_code == 302
    assert len(stored(site, page["today"], "market")) == 2


def test_what_is_wrong_is_told_and_what_was_typed_stays(site: Site, commissioner: Client) -> None:
    page = page_of(commissioner)
    answer = commissioner.post(
        "/visit/", page="/visit/", **filled(page, kind="online", served="many", hours="30")
    )
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert "服务户数" in answer.text and "服务时长" in answer.text
    asked = commissioner.post(
        "/visit/?format=json", page="/visit/", **filled(page, kind="online", hours="13")
    )
    assert asked.status_code == 422
    assert asked.json()["asked"] and not asked.json()["wrong"]
    assert not stored(site, page["today"], "online")
    nowhere = filled(page, kind="online")
    del nowhere[page["form"]["place"]["name"]]
    assert commissioner.post("/visit/", page="/visit/", **nowhere).status_code == 422
    said = filled(page, kind="online", hours="13", explain="集中答疑一整天")
    assert commissioner.post("/visit/", page="/visit/", **said).status_code == 302
    assert len(stored(site, page["today"], "online")) == 1


def test_nobody_writes_for_a_post_of_another_county(commissioner: Client) -> None:
    form = filled(page_of(commissioner), commissioner="KTP-653121-0001")
    assert commissioner.post("/visit/", page="/visit/", **form).status_code == 404


def test_a_form_without_a_token_stores_nothing(commissioner: Client) -> None:
    form = filled(page_of(commissioner), slip="x")
    assert commissioner.post("/visit/?format=json", page="/visit/", **form).status_code == 422


@pytest.fixture
def phone(site: Site, commissioner: Client) -> Iterator[Any]:
    """A phone at the form, logged in, with the page kept for times without a signal."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto(site.base + "/login/")
        page.fill("#f-name", POST)
        page.fill("#f-password", PASSWORD)
        page.click("main button.btn")
        page.wait_for_url("**/visit/")
        page.wait_for_selector("html[data-offline=ready]", state="attached")
        yield page
        browser.close()


def said(page: Any, text: str) -> None:
    """Wait until the page says so of its queue."""
    from playwright.sync_api import expect

    expect(page.locator("#queue")).to_contain_text(text, timeout=30_000)


def log(page: Any, kind: str, served: str) -> None:
    """Fill in the form and press the button."""
    page.locator("fieldset").first.locator("input[type=radio]").first.check()
    page.check(f'input[name="kind"][value="{kind}"]')
    page.check('input[name="hours"][value="2"]')
    page.fill("#v-served", served)
    page.fill("#v-solved", "0")
    page.click(".btn--big")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_two_visits_without_a_signal_are_sent_later_once_each(site: Site, phone: Any) -> None:
    day = phone.input_value("#v-day")
    phone.context.set_offline(True)
    log(phone, "demonstration", "7")
    said(phone, "还有1条")
    log(phone, "training", "9")
    said(phone, "还有2条")
    phone.reload()  # the page itself is there without a signal, and so is the queue
    said(phone, "还有2条")
    assert not stored(site, day, "demonstration")
    phone.context.set_offline(False)
    phone.wait_for_selector("#queue", state="hidden")
    assert len(stored(site, day, "demonstration")) == 1
    assert len(stored(site, day, "training")) == 1
    phone.reload()
    assert phone.locator(".log li").first.inner_text().count("户")
    small = phone.evaluate(
        "[...document.querySelectorAll('.chip span, .vform .btn, .vform input[type=text], .vform select')]"
        ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height).filter(h => h < 44)"
    )
    assert small == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_visit_the_checks_refuse_later_is_not_lost(site: Site, phone: Any) -> None:
    phone.context.set_offline(True)
    phone.fill('input[name="hours-other"]', "40")
    phone.check('input[name="kind"][value="training"]')
    phone.fill("#v-served", "5")
    phone.fill("#v-solved", "1")
    phone.click(".btn--big")
    said(phone, "还有1条")
    phone.context.set_offline(False)
    said(phone, "没有通过核对")
    phone.get_by_role("button", name="打开修改").click()
    assert phone.input_value('input[name="hours-other"]') == "40"
    assert phone.input_value("#v-served") == "5"

"""The plan room: entries confirmed, corrected and amended by two people at once, findings, versions, comparisons."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from tests.web.conftest import Site, kechuang
from tests.web.plan_room import forms

from kechuang.plan.file import load_plan
from kechuang.plan.preparation.folder import PlanFolder

NASTY = "<script>alert(1)</script>'\"&"


# -- reading


def test_everybody_reads_and_nobody_but_the_office_acts(site: Site, issued: Path) -> None:
    for role in (None, "leader-1", "county-1", "enterprise-1"):
        client = site.client(role)
        page = client.get("/plan/?entry=T1")
        assert page.status_code == 200 and "/plan/entries/" not in page.text
        told = client.get("/plan/?entry=T1&format=json").json()
        assert told["detail"]["acts"] == [] and told["detail"]["history"] == [] and told["findings"] == []
        assert told["detail"]["mark"] == "" and told["digest"] == ""
        assert client.get("/plan/?entry=title&format=json").json()["detail"] is None
        assert client.get("/plan/entries/T1/").status_code == (302 if role is None else 403)
    assert site.client("officer-1").get("/plan/?entry=T1&format=json").json()["detail"]["acts"] == ["amend"]
    assert site.client().get("/plan/versions/").status_code == 302
    assert site.client("county-1").get("/plan/compare/").status_code == 403


def test_sentences_lead_to_entries_and_back(site: Site, issued: Path) -> None:
    text = site.client().get("/plan/?entry=P1.2").text
    assert re.search(r'<mark id="lit" data-of="P1.2">', text)
    assert 'href="?entry=T1#e-T1" data-of="T1"' in text and 'id="e-T1"' in text
    assert "<table" in text and text.count('class="toc"') == 1
    assert 'href="#h-1"' in text and 'id="h-1"' in text


def test_the_structure_is_searched(site: Site, issued: Path) -> None:
    client = site.client()
    found = client.get("/plan/?q=高新技术企业数&format=json").json()
    assert [row["id"] for group in found["groups"] for row in group["rows"]] == ["T4"]
    nothing = client.get("/plan/", params={"q": NASTY})
    assert "<script>alert" not in nothing.text and "没有这样的条目" in nothing.text


# -- a draft


def test_an_entry_is_corrected_and_the_version_says_who_and_why(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    form = forms.form(officer, "T4")
    assert form["value"] == "12" and form["quote"]
    sent = forms.send(officer, "T4", **{**form, "value": "15", "nature": "binding", "reason": "与原文核对"})
    assert sent.status_code == 302 and sent.headers["Location"] == "/plan/?entry=T4#e-T4"
    target = next(one for one in load_plan(draft).targets if one.id == "T4")
    assert (target.value, target.nature) == (15, "binding")
    detail = officer.get("/plan/?entry=T4&format=json").json()["detail"]
    assert detail["row"]["state"][1]["zh"] == "已改正" and detail["row"]["goal"]["zh"] == "≥15家（2025年）"
    assert detail["history"][0]["reason"] == "与原文核对" and detail["history"][0]["who"]
    versions = officer.get("/plan/versions/?format=json").json()["rows"]
    assert [one["number"] for one in versions] == [2, 1] and versions[0]["current"]
    kept = officer.get("/plan/versions/1/plan.yaml")
    assert kept.status_code == 200 and "attachment" in kept.headers["Content-Disposition"]
    assert officer.get("/plan/versions/99/plan.yaml").status_code == 404


def test_sent_twice_is_written_once(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    fields = {**forms.form(officer, "T4"), "value": "15", "reason": "更正"}
    assert [forms.send(officer, "T4", **fields).status_code for _ in range(3)] == [302, 302, 302]
    assert sum(one.kind == "confirm.decide" for one in forms.entries(draft)) == 1


def test_the_second_editor_is_told_and_nothing_is_lost(site: Site, draft: Path) -> None:
    first, second = site.client("officer-1"), site.client("administrator-1")
    one, other = forms.form(first, "T4"), forms.form(second, "T4")
    assert forms.send(first, "T4", **{**one, "value": "15", "reason": "甲"}).status_code == 302
    before = draft.read_bytes()
    answer = forms.send(second, "T4", **{**other, "value": "18", "lead": "地区工信局", "reason": "乙的理由"})
    assert answer.status_code == 409 and draft.read_bytes() == before
    for told in ("别人先改了这一条", "您打开时", "18", "15", "地区工信局", "乙的理由"):
        assert told in answer.text
    again = dict(re.findall(r'name="(version|value|lead)" (?:type="text" )?value="([^"]*)"', answer.text))
    assert again["value"] == "18" and again["lead"] == "地区工信局"
    merged = {**other, "value": "18", "lead": "地区工信局", "version": unescape(again["version"])}
    assert forms.send(second, "T4", **{**merged, "reason": "乙的理由"}).status_code == 302
    target = next(one for one in load_plan(draft).targets if one.id == "T4")
    assert (target.value, target.lead) == (18, ["地区工信局"])
    assert [one.content.new["value"] for one in forms.entries(draft) if one.kind == "confirm.decide"] == [
        15,
        18,
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"value": "很多"}, "目标值：应为数字"),
        ({"quote": "原文里没有这样一句话"}, "找不到"),
        ({"reason": ""}, "请写一句改正的理由"),
        ({}, "没有改动"),
    ],
)
def test_what_cannot_be_is_said_and_kept(site: Site, draft: Path, typed: dict[str, str], told: str) -> None:
    officer = site.client("officer-1")
    before = draft.read_bytes()
    fields = {**forms.form(officer, "T4"), **({"unit": "户"} if "reason" in typed else {}), **typed}
    answer = forms.send(officer, "T4", **fields)
    assert answer.status_code == 422 and told in answer.text and "kechuang" not in forms.main(answer.text)
    assert draft.read_bytes() == before and not forms.entries(draft)
    for value in typed.values():
        assert value in answer.text


def test_an_unknown_target_cannot_spoil_the_plan(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    answer = forms.send(officer, "P1.1", **{**forms.form(officer, "P1.1"), "serves": "T99", "reason": "x"})
    assert answer.status_code == 422 and "T99" in answer.text
    assert officer.get("/plan/").status_code == 200


def test_script_in_every_text_field_is_only_text(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    form = forms.form(officer, "P1.1")
    sent = forms.send(officer, "P1.1", **{**form, "title": NASTY, "lead": NASTY, "reason": NASTY})
    assert sent.status_code == 302
    for path in ("/plan/?entry=P1.1", "/plan/versions/", "/plan/entries/P1.1/", "/plan/?q=" + NASTY):
        assert "<script>alert" not in officer.get(path).text, path
    assert "<script>alert" not in site.client().get("/plan/?entry=P1.1").text
    assert (
        "<script>alert"
        not in forms.send(officer, "P1.1", **{**form, "title": NASTY + "x", "reason": NASTY}).text
    )


def test_a_broken_form_is_no_way_around(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    before = draft.read_bytes()
    for version in ("", "[]", "{", '{"value": 3}', "null"):
        assert (
            forms.send(officer, "T4", do="correct", version=version, value="9", reason="x").status_code == 409
        )
    assert forms.send(officer, "T4", do="nothing").status_code == 404
    assert forms.send(officer, "NOPE", do="correct").status_code == 404
    assert draft.read_bytes() == before


def test_dropped_is_brought_back_and_the_rest_confirmed(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    drop = forms.form(officer, "T8", "drop")
    assert forms.send(officer, "T8", **{**drop, "reason": ""}).status_code == 422
    assert forms.send(officer, "T8", **{**drop, "reason": "不在原文"}).status_code == 302
    assert "T8" not in {one.id for one in load_plan(draft).targets}
    detail = officer.get("/plan/?entry=T8&format=json").json()["detail"]
    assert detail["acts"] == ["restore"] and not detail["row"]["there"]
    assert site.client().get("/plan/?entry=T8&format=json").json()["detail"] is None
    assert forms.send(officer, "T8", do="restore").status_code == 302
    mark = officer.get("/plan/?entry=T1&format=json").json()["detail"]["mark"]
    assert forms.send(officer, "T1", do="confirm", mark=mark).status_code == 302
    stale = forms.post(officer, "/plan/confirm/", "/plan/", seen="0" * 64)
    assert stale.status_code == 422 and "没有整份确认" in stale.text
    room = officer.get("/plan/?format=json").json()
    assert room["draft"] and 0 < room["left"] < len(room["groups"][0]["rows"]) + 200
    assert forms.post(officer, "/plan/confirm/", "/plan/", seen=room["digest"]).status_code == 302
    assert load_plan(draft).status == "confirmed"
    assert officer.get("/plan/?format=json").json()["left"] == 0
    assert PlanFolder(draft).verify() == []


# -- a confirmed plan


def test_an_amendment_is_a_version_and_the_promise_stays(site: Site, issued: Path) -> None:
    officer, second = site.client("officer-1"), site.client("administrator-1")
    form, other = forms.form(officer, "T4", "amend"), forms.form(second, "T4", "amend")
    given = {
        "document": f"关于调整的通知{NASTY}",
        "number": "喀科〔2024〕3号",
        "on": "2024-03-01",
        "reason": "任务提高",
    }
    for lacking in ("document", "reason", "on"):
        assert forms.send(officer, "T4", **{**form, **given, "value": "20", lacking: ""}).status_code == 422
    late = (date.today() + timedelta(days=400)).isoformat()
    for wrong in ({"on": late}, {"on": "2020-01-01"}, {"on": "昨天"}, {"value": "abc"}, {}):
        answer = forms.send(officer, "T4", **{**form, **given, **wrong})
        assert (
            answer.status_code == 422
            and "喀科〔2024〕3号" in answer.text
            and "<script>alert" not in answer.text
        )
    assert not forms.entries(issued)
    assert [forms.send(officer, "T4", **{**form, **given, "value": "20"}).status_code for _ in range(2)] == [
        302,
        302,
    ]
    target = next(one for one in load_plan(issued).targets if one.id == "T4")
    assert target.value == 12 and [one.new for one in target.amendments] == [20]
    late_comer = forms.send(second, "T4", **{**other, **given, "value": "16"})
    assert late_comer.status_code == 409 and "16" in late_comer.text and "20" in late_comer.text
    public = site.client().get("/plan/?entry=T4&format=json").json()["detail"]
    assert public["row"]["goal"]["zh"] == "≥20家（2025年）" and len(public["amendments"]) == 1
    assert any("≥12家" in text for _, text in public["facts"])
    assert "<script>alert" not in site.client().get("/plan/?entry=T4").text
    versions = officer.get("/plan/versions/")
    assert "喀科〔2024〕3号" in versions.text and "<script>alert" not in versions.text
    assert forms.send(officer, "P1.1", do="correct", version="{}").status_code in (409, 422)
    assert officer.get("/plan/entries/P1.1/").status_code == 404


def test_other_processes_of_the_site_see_the_change(site: Site, issued: Path) -> None:
    text = issued.read_text("utf-8")
    issued.write_text(text.replace("国家高新技术企业数", "国家级高新技术企业数"), "utf-8")
    assert "国家级高新技术企业数" in site.client().get("/plan/").text
    for _ in range(600):  # pages of figures show the state before, and say so, until they are computed
        page = site.client().get("/targets/T4/").text
        if "国家级高新技术企业数" in page:
            break
        assert "正在重新计算" in page
        time.sleep(0.2)
    else:
        raise AssertionError("the page of the target is never of the plan as it is")


# -- findings


def test_a_finding_is_kept_with_a_reason_and_reopened(site: Site, issued: Path) -> None:
    officer = site.client("officer-1")
    found = officer.get("/plan/?format=json").json()["findings"]
    mark, waiting = found[0]["mark"], len(found)
    path = f"/plan/findings/{mark}/"
    assert forms.post(officer, path, "/plan/?finding=1", reason=" ").status_code == 422
    assert forms.post(officer, path, "/plan/?finding=1", reason=NASTY).status_code == 302
    assert forms.post(officer, path, "/plan/?finding=1", reason="再点一次").status_code == 302
    room = officer.get("/plan/?format=json").json()
    assert (room["waiting"], room["kept"]) == (waiting - 1, 1)
    last = room["findings"][-1]
    assert last["mark"] == mark and last["kept"][2] == NASTY
    page = officer.get(f"/plan/?finding={last['number']}").text
    assert "<script>alert" not in page and "照原文保留" in page
    assert forms.post(officer, path, "/plan/", do="reopen").status_code == 302
    assert officer.get("/plan/?format=json").json()["waiting"] == waiting
    assert forms.post(officer, f"/plan/findings/{'0' * 64}/", "/plan/", reason="x").status_code == 404
    assert officer.get(path).status_code == 405


def test_a_damaged_journal_leaves_the_plan_to_be_read(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    forms.send(officer, "T4", **{**forms.form(officer, "T4"), "value": "15", "reason": "更正"})
    journal = draft.with_name("journal.jsonl")
    journal.write_text(journal.read_text("utf-8").replace("更正", "改动"), "utf-8")
    told = officer.get("/plan/?entry=T4&format=json").json()
    assert told["trouble"] and told["detail"]["acts"] == []
    assert site.client().get("/plan/").status_code == 200
    assert forms.send(officer, "T4", do="confirm", mark="x").status_code == 422


# -- comments


def test_comments_are_found_at_their_entry(site: Site, draft: Path) -> None:
    text = draft.read_text("utf-8")
    draft.write_text(text.replace("issued: '2022-04-07'\n", ""), "utf-8")
    today = date.today()
    days = [
        "--from",
        (today - timedelta(days=3)).isoformat(),
        "--to",
        (today + timedelta(days=3)).isoformat(),
    ]
    kechuang("-C", site.folder, "plan", "comments", "open", *days, "--by", "科技局")
    public, officer = site.client(), site.client("officer-1")
    sent = public.post("/consultation/", text=f"目标偏低{NASTY}", about="T4", source="", sender="")
    assert sent.status_code == 302
    detail = officer.get("/plan/?entry=T4&format=json").json()["detail"]
    assert len(detail["comments"]) == 1 and detail["row"]["comments"] == 1
    number = detail["comments"][0]["id"]
    page = officer.get("/plan/?entry=T4").text
    assert f'href="/plan/comments/#{number}"' in page and "<script>alert" not in page
    assert 'href="/plan/?entry=T4#e-T4"' in officer.get("/plan/comments/").text
    officer.post(
        "/plan/comments/", None, comment=number, **{"as": "adopted", "reason": "", "change": "改为15家"}
    )
    assert "改为15家" in officer.get("/plan/?entry=T4").text
    assert public.get("/plan/?entry=T4&format=json").json()["detail"]["comments"] == []  # the round is open


# -- comparisons


def test_versions_are_compared(site: Site, issued: Path) -> None:
    officer = site.client("officer-1")
    form = forms.form(officer, "T4", "amend")
    given = {"document": "通知", "number": "", "on": "2024-03-01", "reason": "任务提高", "value": "20"}
    forms.send(officer, "T4", **{**form, **given})
    told = forms.result(site.client("leader-1"), "/plan/compare/?way=diff&a=v1&b=now")
    assert told["job"]["state"] == "done", told["job"]
    entry = told["result"]["entries"][0]
    assert entry["id"] == "T4" and entry["raised"] is True and entry["step"]["zh"] == "调高8家"
    assert told["heading"] == "目标调高1项" and told["result"]["shared"]
    back = forms.result(officer, "/plan/compare/?way=diff&a=now&b=v1")["result"]["entries"][0]
    assert back["raised"] is False and back["step"]["en"] == "lowered by 8"
    page = site.client("leader-1").get("/plan/compare/?way=diff&a=v1&b=now").text
    assert "≥12家" in page and "≥20家" in page


def test_the_plans_above_stand_beside_what_answers_them(site: Site, issued: Path) -> None:
    told = forms.result(
        site.client("evaluator-1"),
        "/plan/compare/?way=align&a=now&b=file:basis/national.yaml&b=file:basis/regional.yaml",
    )
    uppers = told["result"]["uppers"]
    assert len(uppers) == 2
    for upper in uppers:
        assert upper["strong"] + upper["weak"] + upper["none"] == len(upper["rows"])
        for row in upper["rows"]:
            assert (row["best"] == "none") == (not row["links"])
            assert all(35 <= link["score"] <= 100 and link["reason"]["zh"] for link in row["links"])
    assert told["result"]["unfounded"]


def test_a_file_brought_along_is_compared_word_for_word(site: Site, issued: Path) -> None:
    from kechuang.plan.documents import read_document

    officer = site.client("officer-1")
    text = read_document(next((site.folder / "plan" / "source").glob("*.docx"))).text
    changed = text.replace("国家高新技术企业数\t家\t12", "国家高新技术企业数\t家\t18").replace(
        "2.建设智慧旅游。以信息技术改进游客服务和景区管理。\n", ""
    )
    assert changed != text
    file = ("新稿.txt", (changed + f"\n{NASTY}").encode(), "text/plain")
    sent = officer.post("/plan/compare/", {"file": file}, way="diff", a="now", b="")
    assert sent.status_code == 302
    place = sent.headers["Location"]
    told = forms.result(officer, place)
    assert told["job"]["state"] == "done", told["job"]
    entries = {one["label"]["zh"]: one for one in told["result"]["entries"]}
    assert entries["目标 T4"]["raised"] is True
    assert any(one["change"] == ["removed"] and "智慧旅游" in one["before"]["zh"] for one in entries.values())
    assert any("智慧旅游" in (one["before"] or "") for one in told["result"]["text"])
    assert "<script>alert" not in officer.get(place).text
    assert site.client("leader-1").get(place).status_code == 404  # another's file


def test_files_that_are_no_plan_are_told(site: Site, issued: Path) -> None:
    officer = site.client("officer-1")
    for name, content in (("坏.exe", b"MZ"), ("空.docx", b"")):
        answer = officer.post("/plan/compare/", {"file": (name, content)}, way="diff", a="now", b="")
        assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert officer.post("/plan/compare/", way="diff", a="now", b="now").status_code == 422
    assert officer.post("/plan/compare/", way="align", a="now").status_code == 422
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as pack:
        pack.writestr("word/document.xml", "<not>")
    for content in (stream.getvalue(), b"\x00\x01\x02no document"):
        sent = officer.post("/plan/compare/", {"file": ("坏.docx", content)}, way="diff", a="now", b="")
        told = forms.result(officer, sent.headers["Location"])
        assert told["job"]["state"] == "failed" and told["job"]["error"]["code"] != "job-broken", told["job"]
        assert "再比较一次" in officer.get(sent.headers["Location"]).text
    for name in ("v99", "file:../kechuang.toml", "file:plan.yaml", "up:" + "x" * 24):
        assert officer.get("/plan/compare/", params={"a": "now", "b": name}).status_code == 404

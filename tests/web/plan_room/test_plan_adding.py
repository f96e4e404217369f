"""Entries the reader missed, added to a draft by a form."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.web.conftest import Site
from tests.web.plan_room import forms

from kechuang.plan.file import load_plan

QUOTE = "财政科技投入占一般公共预算支出比重"
ADDED = {
    "kind": "target",
    "name": "技术合同成交额",
    "value": "1,200",
    "unit": "万元",
    "year": "2025",
    "comparator": ">=",
    "nature": "expected",
    "lead": "地区科技局、地区统计局",
    "quote": QUOTE,
    "reason": "表中漏读一行",
}


def test_a_target_is_added_with_its_words_and_the_journal_says_who(site: Site, draft: Path) -> None:
    officer = site.client("officer-1")
    before = load_plan(draft)
    assert '"/plan/add/"' in officer.get("/plan/").text
    assert '"/plan/add/"' not in site.client("leader-1").get("/plan/").text
    answer = officer.post("/plan/add/", **ADDED)
    assert answer.status_code == 302 and answer.headers["Location"] == "/plan/?entry=T9#e-T9"
    made = load_plan(draft).targets[-1]
    assert (made.id, made.name, made.value, made.unit, made.year) == (
        "T9",
        "技术合同成交额",
        1200,
        "万元",
        2025,
    )
    assert made.lead == ["地区科技局", "地区统计局"] and made.baseline is None and made.nature == "expected"
    assert made.span is not None and made.span.text == QUOTE
    assert load_plan(draft).targets[:-1] == before.targets
    detail = officer.get("/plan/?entry=T9&format=json").json()["detail"]
    assert detail["row"]["state"][1]["zh"] == "已补上"
    assert detail["history"][0]["reason"] == "表中漏读一行" and detail["history"][0]["who"]
    assert officer.post("/plan/add/", **ADDED).headers["Location"] == "/plan/?entry=T9#e-T9"  # sent twice
    assert len(load_plan(draft).targets) == len(before.targets) + 1
    dropped = forms.form(officer, "T9", "drop")
    assert forms.send(officer, "T9", **{**dropped, "reason": "看错了"}).status_code == 302
    assert load_plan(draft).targets == before.targets


@pytest.mark.parametrize(
    ("kind", "fields", "made"),
    [
        ("task", {"in": "P2", "title": "建设检验检测平台", "serves": "T4"}, "P2.6"),
        ("measure", {"in": "S1", "title": "开放共享大型仪器"}, "S1"),
        ("programme", {"title": "数字化工程"}, "P7"),
        ("safeguard", {"title": "加强监督"}, "S5"),
        ("stage", {"name": "印发阶段", "start": "2022-01", "end": "2022-04", "months": "4"}, "stages.5"),
        ("problem", {"text": "科技中介机构少"}, "problems.7"),
    ],
)
def test_every_kind_can_be_added(
    site: Site, draft: Path, kind: str, fields: dict[str, str], made: str
) -> None:
    officer = site.client("officer-1")
    page = officer.get(f"/plan/add/?kind={kind}")
    assert page.status_code == 200 and all(f'name="{name}"' in page.text for name in fields)
    answer = officer.post("/plan/add/", kind=kind, quote=QUOTE, reason="漏读", **fields)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"/plan/?entry={made}")
    name = fields.get("title") or fields.get("name") or fields["text"]
    assert name in officer.get("/plan/").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"quote": "原文里没有这样一句话"}, "找不到"),
        ({"quote": ""}, "没有抄原文的字句"),
        ({"name": ""}, "没有写名称"),
        ({"reason": ""}, "请写一句为什么补"),
        ({"value": "很多"}, "目标值：应为数字"),
        ({"kind": "task", "title": "某任务", "in": "P99"}, "没有条目"),
    ],
)
def test_what_cannot_be_is_said_and_kept(site: Site, draft: Path, typed: dict[str, str], told: str) -> None:
    officer = site.client("officer-1")
    before = draft.read_bytes()
    answer = officer.post("/plan/add/", **{**ADDED, **typed})
    text = forms.main(answer.text)
    assert answer.status_code == 422 and told in text and "kechuang" not in text
    assert draft.read_bytes() == before and not forms.entries(draft)
    assert typed.get("reason", "漏读一行") in text


def test_what_runs_elsewhere_is_text_here(site: Site, draft: Path) -> None:
    officer, nasty = site.client("officer-1"), "<script>alert(1)</script>'\"&{{ 7*7 }}"
    fields = dict.fromkeys(("name", "unit", "lead", "partners", "note", "reason"), nasty)
    refused = officer.post("/plan/add/", **{**ADDED, **fields, "value": nasty})
    assert refused.status_code == 422 and "<script>alert" not in refused.text
    assert officer.post("/plan/add/", **{**ADDED, **fields}).status_code == 302
    assert load_plan(draft).targets[-1].name == nasty
    until = time.monotonic() + 240
    while officer.get("/targets/T9/").status_code == 404 and time.monotonic() < until:
        time.sleep(0.5)  # pages show the plan as it was until it is computed anew
    for path in ("/plan/?entry=T9", "/plan/entries/T9/", "/plan/versions/", "/targets/", "/targets/T9/", "/"):
        answer = officer.get(path)
        assert answer.status_code == 200 and "<script>alert" not in answer.text, path


def test_what_was_confirmed_is_not_added_to(site: Site, issued: Path) -> None:
    officer = site.client("officer-1")
    before = issued.read_bytes()
    assert officer.get("/plan/add/").headers["Location"] == "/plan/"
    assert '"/plan/add/"' not in officer.get("/plan/").text
    assert officer.post("/plan/add/", page="/account/", **ADDED).headers["Location"] == "/plan/"
    assert issued.read_bytes() == before


def test_a_kind_there_is_not_is_not_found(site: Site, draft: Path) -> None:
    assert site.client("officer-1").get("/plan/add/?kind=citizen").status_code == 404

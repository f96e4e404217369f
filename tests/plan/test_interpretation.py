"""An interpretation says only what plan and journal hold, each statement with where it comes from."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

from kechuang.plan.file import save_plan
from kechuang.plan.interpretation import SECTIONS, Given, interpretation_of
from kechuang.plan.model import Amendment, Baseline, Plan
from kechuang.plan.preparation.comments import Written, add_comment, dispose, open_round
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.stages import mark_done, record_milestone
from kechuang.plan.read import read_plan

TEXT = """临水市“十四五”科技创新规划解读
一、编制依据
根据《甲省“十四五”科技创新规划》编制。
二、编制过程
调研阶段（2020年3月—6月），起草阶段（2020年7月—12月）。
三、主要目标
到2025年，高新技术企业达到60家。
四、重点任务
（一）实施企业创新能力提升工程
1.培育高新技术企业。
五、保障措施
（一）加强组织领导
1.健全工作机制。
"""


def made(tmp_path: Path) -> Plan:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return read_plan([tmp_path / "a.txt"])


def test_what_is_not_there_is_missing_and_never_made_up(tmp_path: Path) -> None:
    empty = interpretation_of(Plan(title="空的规划"))
    assert empty.missing == list(SECTIONS)
    found = interpretation_of(made(tmp_path), day=date(2021, 1, 1))
    assert set(found.missing) == {"background", "problems", "framework", "highlights", "questions", "contact"}
    given = Given(
        background=("省里提出新要求。",), highlights=("目标可考核。",), questions=(("有何特点？", "可考核。"),),
        unit="临水市科技局", contact="规划科",
    )  # fmt: skip
    full = interpretation_of(made(tmp_path), day=date(2021, 1, 1), given=given)
    assert set(full.missing) == {"problems", "framework"}
    assert full.sections["contact"][0].facts == {"unit": "临水市科技局", "contact": "规划科"}


def test_every_statement_of_the_plan_names_its_entry_and_its_words(tmp_path: Path) -> None:
    plan = made(tmp_path)
    found = interpretation_of(plan, day=date(2021, 1, 1))
    ids = set()
    for name in ("basis", "process", "targets", "programmes", "safeguards"):
        for statement in found.sections[name]:
            assert statement.source.entry
            ids.add(statement.source.entry)
            span = statement.source.span
            assert span is None or TEXT[span.start : span.end] == span.text
    assert {"basis.1", "stages.1", "T1", "P1", "S1"} <= ids
    assert found.sections["programmes"][0].facts["count"] == 1
    assert found.sections["programmes"][0].text.endswith("（1项任务）")
    json.dumps(found.as_dict(), allow_nan=False)
    assert [section["id"] for section in found.as_dict()["sections"]] == list(SECTIONS)


def test_targets_are_those_in_force_with_what_was_promised(tmp_path: Path) -> None:
    plan = made(tmp_path)
    target = plan.targets[0]
    target.baseline = Baseline(value=20, year=2020)
    target.amendments = [Amendment(document="通知", date="2023-01-01", old=60, new=66)]
    before = interpretation_of(plan, day=date(2022, 1, 1)).sections["targets"][0]
    after = interpretation_of(plan, day=date(2023, 1, 1)).sections["targets"][0]
    assert (before.facts["value"], after.facts["value"], after.facts["promised"]) == (60, 66, 60)
    assert "66家" in after.text
    assert after.text.endswith("2020年为20家")
    assert after.facts["amendments"][0]["document"] == "通知"


def test_the_process_is_told_from_the_journal_with_its_entries(tmp_path: Path) -> None:
    save_plan(made(tmp_path), tmp_path / "plan.yaml")
    folder = PlanFolder(
        tmp_path / "plan.yaml", "规划科", lambda: datetime.fromisoformat("2022-05-01T09:00:00+08:00")
    )
    with folder.change() as change:
        mark_done(change, "调研", date(2020, 6, 20))
        open_round(change, date(2021, 1, 5), date(2021, 2, 5), asked_count=30)
        add_comment(change, Written("county", "甲县", "提高目标", "T1"))
        add_comment(change, Written("public", "", "支持"))
        dispose(change, ["C1"], "partly", reason="采纳其一")
        record_milestone(change, "review", "常务会议", date(2022, 3, 1))
        record_milestone(change, "approve", "市政府", date(2022, 3, 5))
        record_milestone(change, "issue", "市政府办公室", date(2022, 4, 7), number="〔2022〕12号")
    entries = {entry.n: entry for entry in folder.journal.read()}
    found = interpretation_of(folder.plan(), folder.state())
    assert found.as_of == date(2022, 5, 1)
    process = found.sections["process"]
    stage = process[0]
    assert stage.facts["done"] == "2020-06-20"
    assert [entries[n].kind for n in stage.source.journal] == ["stage.done"]
    consulted = next(one for one in process if "rounds" in one.facts)
    counts = {
        name: consulted.facts[name] for name in ("asked", "comments", "adopted", "partly", "not", "open")
    }
    assert counts == {"asked": 30, "comments": 2, "adopted": 0, "partly": 1, "not": 0, "open": 1}
    assert {entries[n].kind for n in consulted.source.journal} == {"comment.add", "comment.dispose"}
    ends = [one for one in process if "body" in one.facts]
    assert [entries[one.source.journal[0]].kind for one in ends] == ["review", "approve", "issue"]
    assert ends[-1].facts["number"] == "〔2022〕12号"
    known = interpretation_of(folder.plan(), day=date(2022, 5, 1))  # without a journal: from plan.yaml
    last = known.sections["process"][-1]
    assert (last.facts["date"], last.source.entry) == ("2022-04-07", "issued")

"""Who owes what: every state of a return, on any day, and the reminders that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kechuang.records.returns import returns_status
from kechuang.records.workflow.letters import write

SENDER, COUNTY, PREFECTURE = "县填报岗", "县审核岗", "市审核岗"
ANJI, DEQING, CHANGXING = "330523", "330521", "330522"


def owed(office: Any, day: date | None = None, year: int = 2026, type_: str = "output") -> dict[str, Any]:
    found = office.store.workflow.due([year], day)
    return {one.region: one for one in found if one.type == type_}


def test_every_county_owes_a_return_where_there_is_no_register(office: Any, output: Any) -> None:
    found = owed(office.at(date(2026, 9, 1)))
    assert len(found) == 5 and {one.status for one in found.values()} == {"due"}
    anji = found[ANJI]
    assert (anji.name, anji.deadline, anji.late) == ("安吉县", date(2026, 10, 8), 0)
    assert anji.working_days == 22, "the make-up workday of September counts, the holidays do not"
    office.at(date(2026, 10, 8)).bring(output(安吉县=1))
    office.at(date(2026, 10, 12)).bring(output(德清县=1))
    found = owed(office.at(date(2026, 10, 13)))
    assert (found[ANJI].status, found[ANJI].late) == ("accepted", 0)
    assert (found[DEQING].status, found[DEQING].late) == ("accepted", 3)
    assert (found[CHANGXING].status, found[CHANGXING].late, found[CHANGXING].owed) == ("missing", 4, True)
    assert owed(office, date(2026, 10, 7))[ANJI].status == "due", "as it was known then"


def test_a_return_on_its_way_through_the_levels(make: Callable[..., Any], output: Any) -> None:
    office = make(review=["county", "prefecture"]).at(datetime(2026, 9, 1, 9))
    batch = office.bring(output(安吉县=1), who=SENDER, draft=True).outcomes[0].batch
    assert owed(office)[ANJI].status == "draft" and owed(office)[ANJI].owed
    seen = []
    for day, act in [
        (2, lambda: office.store.workflow.submit(batch, SENDER)),
        (3, lambda: office.store.accept(batch, COUNTY, "county")),
        (4, lambda: office.store.send_back(batch, PREFECTURE, "请核对", "prefecture")),
        (7, lambda: office.store.workflow.resubmit(batch, SENDER, "无误")),
        (8, lambda: office.store.accept(batch, COUNTY, "county")),
        (9, lambda: office.store.accept(batch, PREFECTURE, "prefecture")),
    ]:
        office.at(datetime(2026, 9, day, 9))
        act()
        one = owed(office)[ANJI]
        seen.append((one.status, one.level, one.owed))
    told = [
        ("submitted", "county", False),
        ("under-review", "prefecture", False),
        ("returned", None, True),
        ("submitted", "county", False),
        ("under-review", "prefecture", False),
        ("accepted", None, False),
    ]
    assert seen == told
    past = [owed(office, date(2026, 9, day))[ANJI] for day in (2, 3, 4, 7, 8, 9)]
    assert [(one.status, one.level, one.owed) for one in past] == told
    assert past[2].reason == "请核对" and past[3].arrived == date(2026, 9, 7)
    office.at(datetime(2026, 9, 20)).bring(output(安吉县=2), who=SENDER)
    assert owed(office)[ANJI].status == "accepted", "a correction under way undoes nothing"
    assert owed(office)[ANJI].arrived == date(2026, 9, 7)


def test_what_was_returned_is_owed_until_it_comes_again(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True).at(date(2026, 9, 1))
    batch = office.bring(output(安吉县=1, 德清县=1), who=SENDER).outcomes[0].batch
    office.at(date(2026, 10, 9)).store.send_back(batch, COUNTY, "请核对")
    anji = owed(office)[ANJI]
    assert (anji.status, anji.late, anji.owed) == ("returned", 1, True)
    office.at(date(2026, 10, 12)).bring(output(安吉县=2), who=SENDER, replaces=batch)
    found = owed(office)
    assert (found[ANJI].status, found[ANJI].late) == ("submitted", 3), "it came late, the first time or not"
    assert found[DEQING].status == "returned"


def test_dropped_and_withdrawn_returns_are_owed_again(make: Callable[..., Any], output: Any) -> None:
    office = make().at(date(2026, 9, 1))
    batch = office.bring(output(安吉县=1), draft=True).outcomes[0].batch
    office.store.workflow.discard(batch, SENDER, "重填")
    assert owed(office)[ANJI].status == "due"
    office.bring(output(安吉县=1))
    office.store.withdraw("output", f"{ANJI}|2026", SENDER, "误报")
    assert owed(office)[ANJI].status == "due"


def test_units_of_a_register_owe_by_name(office: Any, packs: Any) -> None:
    frame = [
        {"uscc": office.code(n), "name": f"单位{n}", "county": ANJI, "year": 2024, "performer": "enterprise"}
        for n in (1, 2)
    ]
    office.at(date(2025, 1, 10)).bring(office.records("rd_units", *frame))
    office.at(date(2025, 4, 2)).bring(office.write("a.csv", office.survey(1)))
    found = [one for one in office.store.workflow.due([2024]) if one.type == "rd_survey"]
    assert [(one.name, one.status, one.late) for one in found] == [
        ("单位1", "accepted", 2),
        ("单位2", "missing", 2),
    ]
    assert found[0].as_dict()["is_late"] and found[0].as_dict()["deadline"] == "2025-03-31"
    desk = office.store.workflow
    desk.extend("rd_survey", 2024, date(2025, 4, 30), region=ANJI, who="科", reason="雪灾")
    found = [one for one in desk.due([2024]) if one.type == "rd_survey"]
    assert [(one.status, one.late) for one in found] == [("accepted", 0), ("due", 0)]
    snapshot = office.store.snapshot(office.folder / "s")
    status = returns_status(snapshot, packs, 2024, date(2025, 4, 2), desk.deadlines(), within="330500")
    (survey,) = [one for one in status if one.type == "rd_survey"]
    assert (survey.late, survey.missing, survey.overdue) == (0, 1, False)
    assert survey.deadline == date(2025, 4, 30)


def test_returns_by_region_know_counties_without_a_register(office: Any, packs: Any, output: Any) -> None:
    office.at(date(2026, 10, 9)).bring(output(安吉县=1))
    snapshot = office.store.snapshot(office.folder / "s")
    day = date(2026, 10, 9)
    found = returns_status(snapshot, packs, 2026, day, office.store.workflow.deadlines(), within="330500")
    counties = {one.region: one for one in found if one.type == "output"}
    assert len(counties) == 5
    assert (counties[ANJI].arrived, counties[ANJI].late, counties[ANJI].missing) == (1, 1, 0)
    assert counties[DEQING].missing == 1 and counties[DEQING].overdue


def test_years_not_announced_are_told_to_be_estimated(office: Any) -> None:
    found = owed(office.at(date(2033, 9, 1)), year=2033)
    assert found[ANJI].estimated
    assert not owed(office, year=2026, day=date(2026, 9, 1))[ANJI].estimated


# -- reminders


def remind(office: Any, **options: Any) -> list[Any]:
    found = office.store.workflow.remind([2026], **{"who": "市规划科", "before": (10, 3, 0), **options})
    return [one for one in found if any(point.type == "output" for point in one.points)]


def stages(office: Any, day: date) -> list[str]:
    found = remind(office.at(day))
    return sorted({point.stage for one in found for point in one.points})


def test_reminders_go_out_once_a_stage_and_daily_when_overdue(office: Any) -> None:
    assert stages(office, date(2026, 9, 1)) == []
    assert stages(office, date(2026, 9, 21)) == ["10"], "ten working days are reached"
    assert stages(office, date(2026, 9, 21)) == [] == stages(office, date(2026, 9, 25))
    assert stages(office, date(2026, 9, 30)) == ["3"]
    assert stages(office, date(2026, 10, 8)) == ["0"]
    assert stages(office, date(2026, 10, 9)) == ["overdue"]
    assert stages(office, date(2026, 10, 9)) == []
    assert stages(office, date(2026, 10, 10)) == ["overdue"]
    assert remind(office, again=True)[0].repeated
    history = office.store.workflow.reminded()
    assert len(history) == 5 * 5 and history[0]["day"] == "2026-09-21"
    assert office.store.verify() == []


def test_a_preview_and_a_past_day_are_not_noted(office: Any) -> None:
    office.at(date(2026, 10, 9))
    assert remind(office, keep=False) and remind(office, day=date(2026, 9, 21))
    assert office.store.workflow.reminded() == []


def test_nothing_is_noted_where_the_letters_cannot_be_written(office: Any) -> None:
    office.at(date(2026, 10, 9))

    def fails(_: Any) -> None:
        raise OSError

    with pytest.raises(OSError):
        remind(office, deliver=fails)
    assert office.store.workflow.reminded() == []


def test_the_letter_names_office_registers_units_and_what_was_returned(
    make: Callable[..., Any], output: Any
) -> None:
    office = make(review=True).at(date(2026, 9, 1))
    batch = office.bring(output(安吉县=1), who=SENDER).outcomes[0].batch
    office.store.send_back(batch, COUNTY, "请核对产值")
    early = remind(office)
    assert [one.office for one in early] == ["安吉县科技主管部门"]
    assert early[0].points[0].stage == "returned" and "审核意见：请核对产值" in early[0].text
    assert remind(office) == []
    by_office = {one.office: one for one in remind(office.at(date(2026, 10, 9)))}
    text = by_office["德清县科技主管部门"].text
    assert "县市产值月报（2026年度），报送期限2026年10月8日，已逾期1个工作日" in text
    assert text.splitlines()[0].startswith("关于催报") and "湖州市科技主管部门" in text


def test_reminders_as_files(office: Any, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    found = remind(office.at(date(2026, 10, 9)))
    for name in ("a.txt", "a.csv", "a.xlsx"):
        write(found, tmp_path / name)
    assert (tmp_path / "a.txt").read_text("utf-8").count("关于催报") == 5
    lines = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 6 and lines[0].startswith("地区,提醒单位")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["催报清单", "提醒函"] and book.worksheets[0].max_row == 6
    assert not list(tmp_path.glob(".*"))

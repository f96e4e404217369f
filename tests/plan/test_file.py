"""plan.yaml: what is saved is loaded again; slips are named with entry and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.file import load_plan, plan_text, save_plan
from kechuang.plan.model import (
    Action,
    Amendment,
    Baseline,
    FrameworkPart,
    Plan,
    PlanSpan,
    Problem,
    Programme,
    Safeguard,
    Stage,
    Target,
    Task,
)

words = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=30) | st.sampled_from(
    [
        "null",
        "~",
        "2022-04-07",
        "2020-03",
        "0.5",
        "1e5",
        "yes",
        "#",
        "a: b, {c} [d]",
        "- 甲",
        "",
        "'",
        "\t",
        "%",
    ]
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
years = st.integers(1949, 2100)
spans = st.none() | st.builds(
    PlanSpan, document=words, start=st.integers(0, 10**6), end=st.integers(0, 10**6), text=words
)
names = st.lists(words, max_size=3)
targets = st.builds(
    Target,
    id=words,
    name=words,
    comparator=st.sampled_from([">=", ">", "=", "<=", "<", "~", "range"]),
    value=st.none() | numbers,
    high=st.none() | numbers,
    unit=words,
    year=st.none() | years,
    baseline=st.none()
    | st.builds(
        Baseline,
        value=st.none() | numbers,
        year=years,
        origin=st.sampled_from(["plan", "records"]),
        note=st.none() | words,
    ),
    nature=st.sampled_from([None, "binding", "expected"]),
    direction=st.sampled_from([None, "up", "down"]),
    per_year=st.booleans(),
    lead=names,
    partners=names,
    span=spans,
    confidence=st.none() | numbers,
    indicator=st.none() | words,
    interim=st.just({}),
    amendments=st.lists(
        st.builds(Amendment, document=words, date=words, old=st.none() | numbers, new=st.none() | numbers),
        max_size=2,
    ),
    note=st.none() | words,
)


def with_interim(target: Target, wanted: dict[int, float]) -> Target:
    """Values between the years of base and target, as a plan may have them."""
    first = target.baseline.year if target.baseline else 0
    last = target.year if target.year is not None else 9999
    return target.model_copy(
        update={"interim": {year: one for year, one in wanted.items() if first < year <= last}}
    )


targets = st.builds(with_interim, targets, st.dictionaries(years, numbers, max_size=3))
parts = {"id": words, "title": words, "span": spans, "lead": names, "serves": names}
actions = st.lists(st.builds(Action, **parts, partners=names, evidence=names), max_size=2)
plans = st.builds(
    Plan,
    title=st.none() | words,
    region=st.none() | words,
    region_code=st.none() | words,
    period=st.none() | st.tuples(years, years),
    issued=st.none() | words,
    status=st.sampled_from(["draft", "confirmed"]),
    documents=names,
    basis=names,
    framework=st.lists(st.builds(FrameworkPart, number=years, what=words), max_size=2),
    problems=st.lists(st.builds(Problem, text=words, span=spans), max_size=2),
    stages=st.lists(
        st.builds(
            Stage, name=words, start=st.none() | words, end=st.none(), months=st.none() | years, span=spans
        ),
        max_size=2,
    ),
    targets=st.lists(targets, max_size=2),
    programmes=st.lists(
        st.builds(
            Programme,
            id=words,
            title=words,
            lead=names,
            tasks=st.lists(st.builds(Task, **parts, subtasks=actions), max_size=2),
        ),
        max_size=2,
    ),
    safeguards=st.lists(st.builds(Safeguard, id=words, title=words, measures=actions), max_size=1),
)


def agreeing(plan: Plan) -> None:
    """``plan`` with an id of its own for every entry, and tasks that serve its targets only."""
    if plan.period:
        plan.period = (min(plan.period), max(plan.period))
    tasks = [task for programme in plan.programmes for task in programme.tasks]
    actions = [*tasks, *(part for task in tasks for part in task.subtasks)]
    actions += [measure for group in plan.safeguards for measure in group.measures]
    for number, entry in enumerate([*plan.targets, *plan.programmes, *plan.safeguards, *actions]):
        entry.id = f"{entry.id}{number}"
    for action in actions:
        action.serves = [target.id for target in plan.targets][: len(action.serves)]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=plans)
def test_what_is_saved_is_loaded(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "plan.yaml"
    agreeing(plan)
    save_plan(plan, path)
    assert load_plan(path) == plan
    assert plan_text(load_plan(path)) == path.read_text("utf-8")


@pytest.fixture
def plan() -> Plan:
    return Plan(
        title="某地“十四五”科技创新规划",
        period=(2021, 2025),
        issued="2022-04-07",
        targets=[
            Target(
                id="T3",
                name="R&D人员全时当量",
                value=228.18,
                unit="人年",
                year=2025,
                lead=["科技局", "统计局"],
                span=PlanSpan(document="规划.docx", start=4, end=11, text="达228.18"),
            ),
            Target(id="T4", name="高新技术企业数", value=12.0, unit="家", year=2025),
        ],
    )


def test_it_reads_like_a_form(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "new" / "plan.yaml"
    save_plan(plan, path)
    text = path.read_text("utf-8")
    assert text.startswith("# 这是规划草案")
    assert "    span: {document: 规划.docx, start: 4, end: 11, text: 达228.18}\n" in text
    assert "    lead: [科技局, 统计局]\n" in text
    assert "    value: 12\n" in text  # not 12.0
    assert "programmes" not in text and "null" not in text and "[]" not in text
    assert sorted(file.name for file in path.parent.iterdir()) == ["plan.yaml"]


def test_a_confirmed_plan_says_so(plan: Plan) -> None:
    assert plan_text(plan.model_copy(update={"status": "confirmed"})).startswith("# 这是规划定稿")


def test_every_slip_with_its_entry_and_line(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    text = (
        plan_text(plan)
        .replace("value: 228.18", "value: 很多")
        .replace("    year: 2025\n    lead", "    yaer: 2025\n    lead")
    )
    path.write_text(
        text.replace("comparator: '>='\n    value: 12", "comparator: 至少\n    value: 12"), "utf-8"
    )
    with pytest.raises(KechuangError) as caught:
        load_plan(path)
    lines = path.read_text("utf-8").splitlines()
    found = {fault.message.zh: lines[(fault.place.line or 0) - 1].strip() for fault in caught.value.faults}
    assert found == {
        "“targets.T3.value”：应为数字，不是“很多”": "value: 很多",
        "“targets.T3.yaer”：没有这一项，请核对拼写": "yaer: 2025",
        "“targets.T3.year”：缺少这一项": "- id: T3",
        "“targets.T4.comparator”：只能是'>=', '>', '=', '<=', '<', '~', 'range'": "comparator: 至少",
    }


def test_a_date_needs_no_quotes(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("title: 规划\nissued: 2022-04-07\n", "utf-8")
    assert load_plan(path).issued == "2022-04-07"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"# nothing\n", "file-empty"),
        ("题目".encode("gb18030"), "yaml-encoding"),
        (b"title: [", "yaml-invalid"),
        (b"title: \x01", "yaml-invalid"),
        (b"issued: 2022-13-45", "yaml-invalid"),
        (b"title: a\ntitle: b", "yaml-invalid"),
        (b"- a", "yaml-invalid"),
        (b"[" * 5000, "yaml-invalid"),
        (b"&a [*a]", "yaml-invalid"),
        (
            b"\n".join(
                [
                    b"a0: &a0 [x]",
                    *(b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)),
                ]
            ),
            "yaml-invalid",
        ),
    ],
)
def test_damaged_files(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    with pytest.raises(KechuangError) as caught:
        load_plan(path)
    assert caught.value.code == code
    assert caught.value.place.file == str(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(KechuangError) as caught:
        load_plan(tmp_path / "plan.yaml")
    assert caught.value.code == "file-missing"
    assert "kechuang plan read 规划文本 -o plan.yaml" in str(caught.value)
    with pytest.raises(KechuangError) as caught:
        load_plan(tmp_path)
    assert caught.value.code == "not-a-file"


def test_a_place_that_cannot_be_written(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(KechuangError) as caught:
        save_plan(plan, tmp_path / "file" / "plan.yaml")
    assert caught.value.code == "file-unwritable"
    (tmp_path / "plan.yaml").mkdir()
    with pytest.raises(KechuangError) as caught:
        save_plan(plan, tmp_path / "plan.yaml")
    assert caught.value.code == "file-unwritable"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "plan.yaml"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "ignore")))
def test_any_bytes_are_a_plan_or_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(data)
    try:
        assert isinstance(load_plan(path), Plan)
    except KechuangError as error:
        assert error.faults and str(error)


@pytest.mark.parametrize(
    "text",
    ["0:", "a: b", "甲, 乙", "[x]", "{y}", "# z", "- w", "1.", "null", "yes", "2022-04-07", "'", '"', "\\"],
)
def test_text_with_signs_of_yaml_stays_text(tmp_path: Path, text: str) -> None:
    task = Task(id="P1.1", title=text, lead=[text], evidence=[text])
    plan = Plan(title=text, programmes=[Programme(id="P1", title=text, tasks=[task])])
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


def test_entries_that_contradict_each_other_are_all_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        "title: t\nperiod: [2025, 2021]\ntargets:\n  - {id: T1, name: a, value: 1, unit: 家, year: 2025}\n"
        "  - {id: T1, name: b, value: 2, unit: 家, year: 2025}\nprogrammes:\n  - id: P1\n    title: p\n"
        "    tasks:\n      - {id: P1.1, title: x, serves: [T9]}\n",
        "utf-8",
    )
    with pytest.raises(KechuangError) as caught:
        load_plan(path)
    faults = caught.value.faults
    assert [fault.code for fault in faults] == ["plan-inconsistent"] * 3
    assert [fault.place.line for fault in faults if fault.place] == [5, 10, 2]
    assert "T9" in faults[1].message.en
    assert "T1" in faults[1].message.zh

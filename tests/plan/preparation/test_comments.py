"""Consultation: rounds, comments without persons, where they point, what became of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kechuang.errors import KechuangError
from kechuang.plan.documents import read_document
from kechuang.plan.preparation.comment_file import COLUMNS, dispose_from, import_comments, template
from kechuang.plan.preparation.comments import (
    Written,
    add_comment,
    chosen,
    dispose,
    identity_of,
    open_round,
    summary,
    words_of,
)
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.locate import Words, about
from kechuang.plan.preparation.private import like_a_name, masked

Refused = Callable[[str], AbstractContextManager[object]]
HEAD = [headings[0] for headings in COLUMNS.values()]


@pytest.fixture
def opened(folder: PlanFolder) -> PlanFolder:
    """A folder with a round on the plan's text."""
    with folder.change() as change:
        open_round(
            change,
            date(2020, 12, 1),
            date(2021, 1, 31),
            draft=folder.folder / "source" / "规划.txt",
            channels=["书面"],
            asked=["甲县", "乙县", "甲县"],
        )
    return folder


def book(path: Path, rows: list[list[object]], head: list[str] | None = None) -> Path:
    made = Workbook()
    made.active.append(head or HEAD)
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_a_round_keeps_its_text_so_that_it_cannot_change_under_the_comments(
    opened: PlanFolder, refused: Refused
) -> None:
    round_ = opened.state().rounds[1]
    assert round_.asked_count == 2
    assert round_.draft is not None
    (opened.folder / "source" / "规划.txt").write_text("改过的稿子", "utf-8")
    words = words_of(opened, round_)
    assert words is not None
    assert "临水市" in words.document.text
    (opened.folder / round_.draft.path).write_text("x", "utf-8")
    with refused("draft-changed"):
        words_of(opened, round_)


def test_a_round_must_make_sense(folder: PlanFolder, refused: Refused, tmp_path: Path) -> None:
    with refused("period-reversed"), folder.change() as change:
        open_round(change, date(2021, 1, 2), date(2021, 1, 1))
    with refused("file-missing"), folder.change() as change:
        open_round(change, date(2021, 1, 2), date(2021, 1, 3), draft=tmp_path / "none.docx")
    with refused("no-round"), folder.change() as change:
        add_comment(change, Written("county", "甲县", "意见"))
    assert not folder.journal.exists


def test_words_are_found_exactly_or_nearly_or_not(opened: PlanFolder) -> None:
    words = Words(read_document(opened.folder / "source" / "规划.txt"))
    exact = words.find("支持企业 建立研发机构")  # white space and punctuation aside
    assert (exact.text, exact.likeness) == ("支持企业建立研发机构", 100)
    near = words.find("完善成果转化的服务")
    assert near.text == "完善成果转化服务"
    assert 80 <= near.likeness < 100
    assert words.document.text[near.start : near.end] == near.text
    assert words.find("建設技術轉移平臺").text == "建设技术转移平台"
    with pytest.raises(KechuangError) as caught:
        words.find("到2025年")
    assert caught.value.code == "many-places"
    assert caught.value.remedy is not None
    assert caught.value.remedy.zh.count("【到2025年】") == 3
    with pytest.raises(KechuangError) as caught:
        words.find("技术转移中心平台建设任务")
    assert caught.value.code == "no-place"
    with pytest.raises(KechuangError, match="没有文字"):
        words.find("……")


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_words_of_the_text_are_found_where_they_are(opened: PlanFolder, data: st.DataObject) -> None:
    document = read_document(opened.folder / "source" / "规划.txt")
    start = data.draw(st.integers(0, len(document.text) - 4))
    quote = document.text[start : start + data.draw(st.integers(4, 30))]
    dense, whole = ("".join(filter(str.isalnum, text)) for text in (quote, document.text))
    if not dense or whole.count(dense) > 1:
        with pytest.raises(KechuangError):
            Words(document).find(quote)
        return
    place = Words(document).find(quote)
    assert "".join(filter(str.isalnum, place.text)) == dense
    assert start <= place.start < place.end <= start + len(quote)


def test_what_a_comment_is_about(opened: PlanFolder, refused: Refused) -> None:
    plan = opened.plan()
    words = words_of(opened, opened.state().rounds[1])
    assert about("", plan, words) is None
    assert about("全文", plan, words) is None
    entry = about("T1", plan, words)
    assert entry is not None
    assert (entry.entry, entry.start) == ("T1", None)
    both = about("P1.1：支持企业建立研发机构", plan, words)
    assert both is not None
    assert both.entry == "P1.1"
    assert both.text == "支持企业建立研发机构"
    titled = about("高新技术企业", plan, words)
    assert titled is not None
    assert titled.entry == "T1"
    with refused("no-entry"):
        about("T77", plan, words)
    with refused("no-place"):
        about("不是条目的话", plan, None)


def test_nothing_of_a_person_is_kept(opened: PlanFolder, refused: Refused) -> None:
    with opened.change() as change:
        done = add_comment(
            change,
            Written(
                "public", "王小明 13800138000", "请致电139 1234 5678或发a.b@c.cn，证号11010519491231002X。"
            ),
        )
    kept = done.comments[0]
    assert kept.source == "公众1"
    assert kept.masked == 3
    assert len(done.notices) == 1
    text = opened.journal.path.read_text("utf-8")
    for secret in ("王小明", "13800138000", "139 1234 5678", "a.b@c.cn", "11010519491231002X"):
        assert secret not in text
    with refused("personal-name"), opened.change() as change:
        add_comment(change, Written("expert", "李建国", "意见"))
    with opened.change() as change:
        again = add_comment(change, Written("public", "", "第二条"))
    assert again.comments[0].source == "公众2"


@pytest.mark.parametrize(
    "text",
    ["投入13800138000元", "到2025年达到12000000000", "统一社会信用代码91650100MA7XXXXX1X", "2021-01-05至2021-03-31", "〔2022〕12号", "增加13900000000多万元"],
)  # fmt: skip
def test_figures_are_no_telephone_numbers(text: str) -> None:
    assert masked(text).text == text


@pytest.mark.parametrize(
    "secret",
    ["13800138000", "138-0013-8000", "+86 13800138000", "１３８００１３８０００", "0998-2822123", "(0998)2822123", "11010519491231002X", "a@b.com"],
)  # fmt: skip
@given(before=st.sampled_from(["", "电话：", "我是"]), after=st.sampled_from(["", "。", "，谢谢"]))
def test_numbers_that_reach_a_person_are_hidden(secret: str, before: str, after: str) -> None:
    hidden = masked(f"{before}{secret}{after}")
    assert secret not in hidden.text
    assert hidden.count >= 1
    assert hidden.text.endswith(after)
    assert masked(hidden.text).text == hidden.text  # hiding once is enough


def test_names_of_persons_are_told_from_offices() -> None:
    assert [name for name in ("张三", "欧阳县科技局", "李国民", "高新区管委会", "石河子大学", "艾力·买买提", "黄河水利公司", "王主任") if like_a_name(name)] == [
        "张三", "李国民", "艾力·买买提",
    ]  # fmt: skip


def test_a_file_is_taken_whole_with_dates_places_and_where_it_came_from(
    opened: PlanFolder, tmp_path: Path
) -> None:
    path = book(
        tmp_path / "意见.xlsx",
        [
            ["甲县科技局", "县市", "目标偏低，建议提高", "T1", date(2020, 12, 8)],
            ["示例大学", "高校院所", "补充牵头单位", "支持企业建立研发机构", "2020年12月9日"],
            [None, "公众", "希望多办培训", None, None],
            [None, None, None, None, None],
            ["乙县", "县市区", "无意见", "", "2020/11/5"],
        ],
    )
    with opened.change() as change:
        done = import_comments(change, path)
    assert [(one.comment, one.row, one.source) for one in done.comments] == [
        ("C1", 2, "甲县科技局"),
        ("C2", 3, "示例大学"),
        ("C3", 4, "公众1"),
        ("C4", 6, "乙县"),
    ]
    assert done.comments[0].received == date(2020, 12, 8)
    assert done.comments[1].received == date(2020, 12, 9)
    about_ = done.comments[1].about
    assert about_ is not None
    assert about_.text == "支持企业建立研发机构"
    assert all(one.sha256 and one.file == "意见.xlsx" and one.sheet for one in done.comments)
    assert [notice.zh for notice in done.notices] == [
        "C4：日期2020-11-05不在征求意见期间（2020-12-01至2021-01-31）"
    ]


def test_every_fault_of_a_file_is_told_at_once_and_nothing_is_taken(
    opened: PlanFolder, tmp_path: Path
) -> None:
    path = book(
        tmp_path / "意见.xlsx",
        [
            ["甲县", "县市", "可以", "T1", "2020-12-08"],
            ["甲县", "路人", "可以", "", ""],
            ["", "部门", "", "T99", "2020-13-40"],
            ["李建国", "专家", "意见", "文中没有的一句话而已", "2020-12-08"],
        ],
    )
    before = opened.journal.path.read_bytes()
    with pytest.raises(KechuangError) as caught, opened.change() as change:
        import_comments(change, path)
    error = caught.value
    assert error.code == "comments-invalid"
    places = {(fault.code, fault.place.row, fault.place.column) for fault in error.faults}
    assert places == {
        ("identity-unknown", 3, "B"),
        ("not-a-date", 4, "E"),
        ("no-text", 4, "C"),
        ("no-source", 4, "A"),
        ("no-entry", 4, "D"),
        ("personal-name", 5, "A"),
        ("no-place", 5, "D"),
    }
    assert all(fault.place.sheet and fault.place.file == "意见.xlsx" for fault in error.faults)
    assert opened.journal.path.read_bytes() == before
    with opened.change() as change:  # words nobody finds may be kept as written, if so wanted
        done = import_comments(
            change, book(tmp_path / "b.xlsx", [["甲县", "县市", "可以", "第三章第二节", ""]]), unplaced=True
        )
    assert done.comments[0].about is not None
    assert done.comments[0].about.quote == "第三章第二节"
    assert len(done.notices) == 1


def test_the_same_row_twice_is_told_and_the_public_may_say_the_same(
    opened: PlanFolder, tmp_path: Path, refused: Refused
) -> None:
    rows: list[list[object]] = [
        ["甲县", "县市", "目标偏低", "T1", ""],
        ["甲县", "县市", "目标 偏低", "T1", ""],
        ["", "公众", "支持", "", ""],
        ["张三", "公众", "支持", "", ""],
    ]
    path = book(tmp_path / "a.xlsx", rows)
    with opened.change() as change:
        done = import_comments(change, path)
    assert len(done.comments) == 3
    assert done.repeated == (3,)
    assert {notice.zh for notice in done.notices} == {
        "第3行与第2行相同，只登记一次",
        "第5行：公众意见不留来源，已略去",
        "第5行与第4行相同；公众意见可能出自不同的人，都已登记",
    }
    with refused("file-known"), opened.change() as change:
        import_comments(change, path)
    rows += [["", "公众", "支持", "", ""], ["乙县", "县市", "新的意见", "", ""]]
    with opened.change() as change:
        more = import_comments(change, book(tmp_path / "b.xlsx", rows))
    assert [(one.source, one.text) for one in more.comments] == [("公众3", "支持"), ("乙县", "新的意见")]
    assert more.repeated == (2, 3, 4, 5)


def test_columns_of_persons_are_never_read(opened: PlanFolder, tmp_path: Path) -> None:
    head = ["序号", "单位", "姓名", "联系电话", "类别", "意见建议", "备注"]
    path = book(tmp_path / "a.xlsx", [[1, "甲县", "李建国", 13800138000, "县市", "可以", "急"]], head)
    with opened.change() as change:
        done = import_comments(change, path)
    assert {notice.zh for notice in done.notices} == {
        "“姓名”列是个人信息，没有读取",
        "“联系电话”列是个人信息，没有读取",
        "不认识“备注”列，没有读取",
    }
    text = opened.journal.path.read_text("utf-8")
    assert "李建国" not in text
    assert "13800138000" not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_offices_use(opened: PlanFolder, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "意见.csv"
    path.write_text('来源单位,身份,意见内容\n甲县,县市,"提高目标，\n补充措施"\n', encoding)
    with opened.change() as change:
        done = import_comments(change, path)
    assert done.comments[0].text == "提高目标，\n补充措施"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"PK\x03\x04not a workbook", "unreadable-workbook"),
        (b"\x00\x01\x02\xff", "unreadable-file"),
        ("单位,电话\n甲县,1\n".encode(), "missing-column"),
        ("来源单位,身份,意见内容\n".encode(), "comments-invalid"),
    ],
)
def test_files_that_are_no_tables_of_comments(
    opened: PlanFolder, tmp_path: Path, refused: Refused, content: bytes, code: str
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with refused(code), opened.change() as change:
        import_comments(change, path)


def test_the_template_is_read_back(opened: PlanFolder, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(template())
    filled = load_workbook(path)
    assert [cell.value for cell in filled["意见"][1]] == HEAD
    assert len(filled["意见"].data_validations.dataValidation) == 1
    with pytest.raises(KechuangError) as caught, opened.change() as change:
        import_comments(change, path)
    assert [fault.code for fault in caught.value.faults] == ["no-data-rows"]
    for column, value in enumerate(["甲县", "县市", "可以", "T2", "2020-12-08"], start=1):
        filled["意见"].cell(2, column, value)
    filled.save(path)
    with opened.change() as change:
        assert len(import_comments(change, path).comments) == 1


def test_dispositions_and_their_sums(opened: PlanFolder, refused: Refused) -> None:
    with opened.change() as change:
        for number in range(4):
            add_comment(change, Written("county", f"{number}县", f"意见{number}"))
        add_comment(change, Written("public", "", "支持"))
    with refused("reason-missing"), opened.change() as change:
        dispose(change, ["C1", "C2"], "not")
    with refused("no-comment"), opened.change() as change:
        dispose(change, ["C1", "C9"], "adopted")
    assert len(chosen(opened.state(), only_open=True)) == 5
    with opened.change() as change:
        dispose(change, ["C1", "C2"], "adopted", change_made="提高到66家")
        dispose(change, ["C3"], "not", reason="已有安排")
    with opened.change() as change:
        dispose(change, ["C2"], "partly", reason="采纳其一")  # the later one holds, both stay in the journal
    sums = summary(opened.state())
    assert (sums.comments, sums.adopted, sums.partly, sums.not_adopted, sums.open) == (5, 1, 1, 1, 2)
    assert (sums.asked, sums.answered) == (2, 4)
    assert sums.by_identity == {"county": 4, "public": 1}
    assert [entry.kind for entry in opened.journal.read()].count("comment.dispose") == 4
    assert [one.id for one in chosen(opened.state(), only_open=True)] == ["C4", "C5"]


def test_dispositions_from_a_table_filled_in_by_hand(opened: PlanFolder, tmp_path: Path) -> None:
    with opened.change() as change:
        for number in range(3):
            add_comment(change, Written("county", f"{number}县", f"意见{number}"))
    head = ["编号", "采纳情况", "理由", "修改"]
    path = book(
        tmp_path / "t.xlsx",
        [["C1", "采纳", "", "提高"], ["C2", "未处理", "", ""], ["C3", "不采纳", "无依据", ""]],
        head,
    )
    with opened.change() as change:
        assert dispose_from(change, path) == 2
    with opened.change() as change:
        assert dispose_from(change, path) == 0  # what is there already is not entered again
    assert {c.id: c.disposed and c.disposed.disposition for c in chosen(opened.state())} == {
        "C1": "adopted", "C2": None, "C3": "not",
    }  # fmt: skip
    bad = book(
        tmp_path / "b.xlsx", [["C1", "也许", "", ""], ["C2", "未采纳", "", ""], ["C8", "采纳", "", ""]], head
    )
    with pytest.raises(KechuangError) as caught, opened.change() as change:
        dispose_from(change, bad)
    assert [(fault.code, fault.place.row) for fault in caught.value.faults] == [
        ("disposition-unknown", 2),
        ("reason-missing", 3),
        ("no-comment", 4),
    ]
    assert summary(opened.state()).open == 1


@given(st.text(max_size=8))
def test_a_kind_of_sender_is_a_known_word_or_none(word: str) -> None:
    found = identity_of(word)
    assert found is None or identity_of(found) == found


def test_the_table_as_csv_is_read_back_by_a_spreadsheet(opened: PlanFolder, tmp_path: Path) -> None:
    from kechuang.publish.consultation import table_of, write_table

    with opened.change() as change:
        add_comment(change, Written("county", "甲县", "=HYPERLINK(1)，提高目标", "T1"))
    table = table_of(opened.plan(), opened.state(), None, opened.today)
    write_table(tmp_path / "t.csv", table)
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    assert rows[1][3] == "'=HYPERLINK(1)，提高目标"
    assert len(rows) == 2

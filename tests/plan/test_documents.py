"""Documents become one text with exact blocks, whatever their form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from kechuang.errors import KechuangError
from kechuang.plan.documents import Document, read_document

Sound = Callable[[Document], None]
Refused = Callable[[Path], KechuangError]


def shown(document: Document) -> list[tuple[str, int | None, str]]:
    return [(block.kind, block.level, document.of(block)) for block in document.blocks]


def grid(document: Document, number: int = 0) -> list[list[str | None]]:
    return [[document.of(cell) if cell else None for cell in row] for row in document.tables()[number]]


# -- plain text ------------------------------------------------------------------------------------

TEXT = "“十四五”规划\r\n\r\n　　到2025年，达到12家。\n二、目标 \n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_kept_exactly(sound: Sound, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "规划.TXT"
    path.write_bytes(TEXT.encode(encoding))
    document = read_document(path)
    assert document.name == "规划.TXT"
    assert document.text == TEXT.replace("\r\n", "\n")
    assert [text for _, _, text in shown(document)] == ["“十四五”规划", "到2025年，达到12家。", "二、目标"]
    assert document.tables() == []
    sound(document)


def test_big_endian_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xfe\xff" + "科技".encode("utf-16-be"))
    assert read_document(path).text == "科技"


# -- Word ------------------------------------------------------------------------------------------

Make = Callable[[Any], None]


@pytest.fixture
def word(sound: Sound, tmp_path: Path) -> Callable[[Make], Document]:
    def make(fill: Make) -> Document:
        file = docx.Document()
        fill(file)
        path = tmp_path / "规划.docx"
        file.save(str(path))
        document = read_document(path)
        sound(document)
        return document

    return make


def append(file: Any, xml: str) -> None:
    """Put a body element, written as XML, at the end of the document."""
    declared = f"{nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    head, _, rest = xml.partition(">")
    closed = head.endswith("/")
    head = f"{head.rstrip('/')} {declared}{'/' if closed else ''}>"
    file.element.body.insert(len(file.element.body) - 1, parse_xml(head + rest))


def test_headings_and_paragraphs(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        file.add_heading("科技创新规划", 0)
        file.add_heading("总体要求", 1)
        file.add_paragraph("　　坚持创新。")
        chinese = file.styles.add_style("biaoti2", 1)
        chinese.element.find(qn("w:name")).set(qn("w:val"), "标题 2")
        file.add_paragraph("发展\n目标", style=chinese)
        paragraph = file.add_paragraph("第一行")
        paragraph.add_run().add_break()
        paragraph.add_run("第二行\t完")
        file.add_paragraph("")
        outline = file.add_paragraph("附则")
        outline._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))

    document = word(fill)
    assert shown(document) == [
        ("heading", 0, "科技创新规划"),
        ("heading", 1, "总体要求"),
        ("paragraph", None, "坚持创新。"),
        ("heading", 2, "发展目标"),
        ("paragraph", None, "第一行"),
        ("paragraph", None, "第二行\t完"),
        ("heading", 3, "附则"),
    ]
    assert "\n　　坚持创新。\n" in document.text  # the indent is text, not block


def level(depth: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(file: Any, levels: str, *numbers: str) -> None:
    """Give the document one abstract list (id 90), and lists using it."""
    numbering = file.part.numbering_part.element
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'
    first = numbering.find(qn("w:num"))
    first.addprevious(parse_xml(abstract))
    for number, inside in enumerate(numbers, start=90):
        numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="90"/>{inside}</w:num>'
            )
        )


def item(file: Any, text: str, depth: int = 0, number: int = 90) -> None:
    append(
        file,
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>",
    )


def test_automatic_numbers_are_text(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        levels = [
            level(0, "chineseCounting", "%1、"),
            level(1, "japaneseCounting", "（%2）"),
            level(2, "decimal", "%3."),
            level(3, "decimal", "%1.%4", "<w:isLgl/>"),
            level(4, "ideographTraditional", "%5", '<w:suff w:val="nothing"/>'),
            level(5, "bullet", "\uf0b7"),
        ]
        restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
        lists(file, "".join(levels), "", restart, "")
        for text, depth in [
            ("甲", 0),
            ("子", 1),
            ("丑", 1),
            ("一点", 2),
            ("乙", 0),
            ("寅", 1),
            ("法", 3),
            ("干", 4),
        ]:
            item(file, text, depth)
        item(file, "圆点", 5)
        item(file, "另起", 0, 91)
        item(file, "再续", 0, 91)
        item(file, "同表", 0, 92)
        item(file, "无号", 0, 0)
        item(file, "无此表", 0, 4711)

    assert shown(word(fill)) == [
        ("list", 1, "一、甲"),
        ("list", 2, "（一）子"),
        ("list", 2, "（二）丑"),
        ("list", 3, "1. 一点"),
        ("list", 1, "二、乙"),
        ("list", 2, "（一）寅"),
        ("list", 4, "2.1 法"),
        ("list", 5, "甲干"),
        ("list", 6, "圆点"),
        ("list", 1, "一、另起"),
        ("list", 1, "二、再续"),
        ("list", 1, "三、同表"),
        ("paragraph", None, "无号"),
        ("paragraph", None, "无此表"),
    ]


def test_headings_that_number_themselves(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        tied = [
            level(
                0, "chineseCountingThousand", "第%1章", '<w:pStyle w:val="Heading1"/><w:suff w:val="space"/>'
            ),
            level(1, "decimal", "%1.%2", '<w:pStyle w:val="Heading2"/>'),
        ]
        lists(file, "".join(tied), "")
        for style in ("Heading 1", "Heading 2"):
            properties = file.styles[style].element.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="90"/></w:numPr>'))
        file.add_heading("总则", 1)
        file.add_heading("目的", 2)
        file.add_heading("目标", 1)

    assert shown(word(fill)) == [
        ("heading", 1, "第一章 总则"),
        ("heading", 2, "一.1 目的"),
        ("heading", 1, "第二章 目标"),
    ]


def test_word_s_own_list_styles(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        file.add_paragraph("甲", style="List Number")
        file.add_paragraph("乙", style="List Number")
        file.add_paragraph("丙", style="List Bullet")

    assert shown(word(fill)) == [("list", 1, "1. 甲"), ("list", 1, "2. 乙"), ("list", 1, "丙")]


def test_what_a_reader_sees_of_changes_and_wrappings(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        append(
            file,
            "<w:p><w:r><w:t>达到</w:t></w:r><w:del w:id='1' w:author='a'><w:r><w:delText>10</w:delText></w:r></w:del>"
            "<w:ins w:id='2' w:author='a'><w:r><w:t>12</w:t></w:r></w:ins>"
            "<w:hyperlink w:anchor='x'><w:r><w:t>家</w:t></w:r></w:hyperlink>"
            "<w:smartTag w:element='x'><w:r><w:t>企业</w:t></w:r></w:smartTag>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
            "<w:r><w:instrText>PAGE</w:instrText><w:noBreakHyphen/><w:footnoteReference w:id='1'/></w:r></w:p>",
        )
        append(file, "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件内</w:t></w:r></w:p></w:sdtContent></w:sdt>")
        append(
            file,
            "<w:p><w:pPr><w:rPr><w:del w:id='3' w:author='a'/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>",
        )
        append(file, "<w:p><w:r><w:t>后半</w:t></w:r></w:p>")
        box = (
            "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
        )
        append(
            file,
            "<w:p><w:r><w:t>框外</w:t></w:r><mc:AlternateContent>"
            f"<mc:Choice Requires='x'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:p>",
        )
        toc = file.styles.add_style("toc1", 1)
        toc.element.find(qn("w:name")).set(qn("w:val"), "toc 1")
        file.add_paragraph("一、总则……1", style=toc)
        file.sections[0].header.paragraphs[0].text = "页眉"

    assert [text for _, _, text in shown(word(fill))] == [
        "达到12家企业-",
        "控件内",
        "前半后半",
        "框外",
        "框内",
    ]


def test_tables_with_merged_cells(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        file.add_paragraph("主要指标")
        table = file.add_table(rows=3, cols=4)
        for number, text in enumerate(["类别", "指标", "2020年", "2025年"]):
            table.cell(0, number).text = text
        table.cell(1, 0).merge(table.cell(2, 0)).text = "投入"
        table.cell(1, 1).text, table.cell(1, 2).text = "强度", "—"
        table.cell(1, 3).text = "0.055\n左右"
        table.cell(2, 1).merge(table.cell(2, 2)).text = "全时当量"
        nested = table.cell(2, 3).add_table(1, 2)
        nested.cell(0, 0).text, nested.cell(0, 1).text = "228.18", "人年"
        file.add_paragraph("表后")
        file.add_table(1, 1).cell(0, 0).text = "框"
        file.add_table(1, 2).cell(0, 1).text = "第二表"

    document = word(fill)
    assert grid(document) == [
        ["类别", "指标", "2020年", "2025年"],
        ["投入", "强度", "—", "0.055 左右"],
        ["投入", "全时当量", "全时当量", "228.18 人年"],
    ]
    assert grid(document, 1) == [["", "第二表"]]
    assert document.text.split("\n") == [
        "主要指标",
        "类别\t指标\t2020年\t2025年",
        "投入\t强度\t—\t0.055 左右",
        "\t全时当量\t\t228.18 人年",
        "表后",
        "框",
        "\t第二表",
    ]
    (merged,) = [block for block in document.blocks if document.of(block) == "投入"]
    assert (merged.table, merged.row, merged.column, merged.row_span, merged.column_span) == (0, 1, 0, 2, 1)


def test_deleted_rows_are_gone(word: Callable[[Make], Document]) -> None:
    def fill(file: Any) -> None:
        table = file.add_table(rows=3, cols=2)
        for number, row in enumerate(table.rows):
            row.cells[0].text, row.cells[1].text = f"行{number}", "值"
        table.rows[1]._tr.get_or_add_trPr().append(
            parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="a"/>')
        )

    assert grid(word(fill)) == [["行0", "值"], ["行2", "值"]]


# -- pages -----------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset={0}">
<title>网站</title><style>p {{}}</style></head><body><nav>首页</nav><table><tr><td><h1>创新<br>
规划</h1>
<script>var a = "<p>脚本</p>";</script><p>　　到2025年，
达到12家&nbsp;企业。<br>第二行</p><div>散文<p>段</p>尾</div>
<ol><li>甲<ul><li>内</li></ul></li><li value="5">乙</li><li>丙</li></ol>
<div style="display: none">看不见</div>
<table><caption>表1</caption><tr><th rowspan=2>指标</th><th colspan=2>目标</th></tr>
<tr><td>2020年</td><td><p>2025年</p><p>末</p></td></tr></table></td></tr></table></body></html>"""


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("gb18030", "gb2312"),
        ("utf-8-sig", "gbk"),
        ("gb18030", "utf-8"),
        ("utf-8", "x-none"),
    ],
)
def test_pages(sound: Sound, tmp_path: Path, encoding: str, declared: str) -> None:
    path = tmp_path / "page.htm"
    path.write_bytes(PAGE.format(declared).encode(encoding))
    document = read_document(path)
    sound(document)
    assert shown(document) == [
        ("heading", 1, "创新规划"),
        ("paragraph", None, "到2025年，达到12家\xa0企业。"),
        ("paragraph", None, "第二行"),
        ("paragraph", None, "散文"),
        ("paragraph", None, "段"),
        ("paragraph", None, "尾"),
        ("list", 1, "1. 甲"),
        ("list", 2, "内"),
        ("list", 1, "5. 乙"),
        ("list", 1, "6. 丙"),
        ("paragraph", None, "表1"),
        ("cell", None, "指标"),
        ("cell", None, "目标"),
        ("cell", None, "2020年"),
        ("cell", None, "2025年 末"),
    ]
    assert grid(document) == [["指标", "目标", "目标"], ["指标", "2020年", "2025年 末"]]


def test_a_page_of_careless_nesting(sound: Sound, refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text(
        "<p>前</p>" + "<font><div>" * 700 + "<p>深" + "<table><tr><td>甲<td>乙" * 100 + "<p>后", "utf-8"
    )
    document = read_document(path)
    sound(document)
    assert "深" in document.text and document.text.endswith("后")
    path.write_text("<p>前</p>" + "<div>" * 20000 + "深", "utf-8")
    assert refused(path).code == "document-damaged"


def test_a_table_made_to_exhaust_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<table><tr>" + "<td colspan=99999 rowspan=99999>x" * 99 + "<tr><td>y" * 12000, "utf-8")
    document = read_document(path)
    assert document.text.count("y") == 12000 and document.tables() == []


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.shared
def test_real_plans_are_kept_exactly(sound: Sound, shared: Path) -> None:
    for path in sorted((shared / "data" / "plans").glob("*.txt")):
        document = read_document(path)
        assert document.text == path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        sound(document)

"""Documents become one text with exact blocks; what cannot be read is refused with the way to mend it."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.documents import Document, package, read_document
from kechuang.plan.documents import read as reading

ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def sound(document: Document) -> None:
    """Blocks are exact slices, in order, one after another, without line breaks."""
    position = 0
    for block in document.blocks:
        assert position <= block.start <= block.end <= len(document.text)
        position = block.end
        piece = document.of(block)
        assert "\n" not in piece and piece == piece.strip()
        assert block.kind == "cell" or piece
    for grid in document.tables():
        assert len({len(row) for row in grid}) == 1


def shown(document: Document) -> list[tuple[str, int | None, str]]:
    return [(block.kind, block.level, document.of(block)) for block in document.blocks]


def grid(document: Document, number: int = 0) -> list[list[str | None]]:
    return [[document.of(cell) if cell else None for cell in row] for row in document.tables()[number]]


def refused(path: Path) -> KechuangError:
    with pytest.raises(KechuangError) as caught:
        read_document(path)
    error = caught.value
    assert error.place.file == str(path) and error.remedy is not None
    return error


# -- plain text ------------------------------------------------------------------------------------

TEXT = "“十四五”规划\r\n\r\n　　到2025年，达到12家。\n二、目标 \n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_kept_exactly(tmp_path: Path, encoding: str) -> None:
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
def word(tmp_path: Path) -> Callable[[Make], Document]:
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
def test_pages(tmp_path: Path, encoding: str, declared: str) -> None:
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


def test_a_page_of_careless_nesting(tmp_path: Path) -> None:
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


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def body(inside: str, head: str = "") -> bytes:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'{head}<w:document xmlns:w="{w}"><w:body>{inside}</w:body></w:document>'.encode()


GOOD = packed({"word/document.xml": body("<w:p><w:r><w:t>规划</w:t></w:r></w:p>")})
ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "file-empty"),
        ("a.docx", b"", "file-empty"),
        ("a.txt", " 　\n\n".encode(), "document-no-text"),
        ("a.html", b"<p> </p><script>x</script>", "document-no-text"),
        ("a.html", b"<!-- -->", "document-no-text"),
        ("a.docx", packed({"word/document.xml": body("<w:p/>")}), "document-no-text"),
        ("a.txt", b"\xff\x00\x81\xff", "unknown-encoding"),
        ("a.txt", b"abc\0\0\1", "unknown-encoding"),
        ("a.html", b"<p>\x81", "unknown-encoding"),
        ("a.pdf", b"%PDF-1.7", "unknown-format"),
        ("a.docx", b"%PDF-1.7", "unknown-format"),
        ("a.xlsx", GOOD, "unknown-format"),
        ("规划", b"text", "unknown-format"),
        ("a.doc", OLE, "unknown-format"),
        ("a.docx", OLE, "unknown-format"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "document-encrypted"),
        ("a.docx", b"not a zip", "document-damaged"),
        ("a.docx", GOOD[: len(GOOD) // 2], "document-damaged"),
        ("a.docx", packed({"word/other.xml": b"<a/>"}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": b"<w:document"}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": b"<a/>"}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": body("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", ENTITY)}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": body("<w:p>" * 3000 + "</w:p>" * 3000)}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": b" " * (60 * 2**20)}), "zip-bomb"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert refused(path).code == code


def test_many_parts_that_swell_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(packed({**{f"{n}.xml": b" " * 100 for n in range(11)}, "word/document.xml": body("")}))
    monkeypatch.setattr(package, "LARGEST_TOTAL", 1000)
    assert refused(path).code == "zip-bomb"


def test_where_there_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "a.txt").write_text("x")
    assert refused(tmp_path / "folder.txt").code == "not-a-file"
    assert refused(tmp_path / "none.txt").code == "file-missing"
    assert refused(tmp_path / "a.txt" / "b.txt").code == "file-missing"
    assert refused(Path("a\0b.txt")).code == "file-missing"


def test_a_file_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 1001)
    monkeypatch.setattr(reading, "LARGEST", 1000)
    assert refused(path).code == "file-too-large"


def test_what_is_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4")
    said = str(refused(path))
    assert "PDF" in said and "txt、docx和html" in said and ".docx" in said


TAGS = [
    *("<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<td rowspan=3>", "<td rowspan=0>"),
    *("<td colspan=99999 rowspan=99999>", "<caption>", "<ol>", "</ol>", "<ul>", "<li>", "</li>", "<br>"),
    *("<h1>", "</h1>", "<pre>", "</div>", "<!--", "-->", "<script>", "<?a", "<![CDATA[", "&#0;", "&nbsp;"),
    *("甲", " 乙\n"),
]


@settings(max_examples=200, deadline=None, suppress_health_check=ALLOWED)
@given(
    suffix=st.sampled_from([".txt", ".html", ".htm", ".docx", ".pdf", ""]),
    data=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))
    | st.lists(
        st.sampled_from(TAGS),
        max_size=25,
    ).map(lambda tags: "".join(tags).encode()),
)
@example(suffix=".html", data="<ul><li>甲</ol>乙".encode())
def test_any_bytes_are_blocks_or_an_error(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    try:
        sound(read_document(path))
    except KechuangError as error:
        assert str(error)


ELEMENTS = [
    "p",
    "r",
    "t",
    "tbl",
    "tr",
    "tc",
    "sdt",
    "sdtContent",
    "pPr",
    "numPr",
    "tcPr",
    "ins",
    "del",
    "txbxContent",
]
EMPTY = [
    '<w:vMerge w:val="restart"/>',
    "<w:vMerge/>",
    '<w:gridSpan w:val="2"/>',
    '<w:gridSpan w:val="99999"/>',
    '<w:br/>',
    "<w:tab/>",
    '<w:sym w:char="D800"/>',
    '<w:pStyle w:val="x"/>',
    '<w:ilvl w:val="99"/>',
    '<w:numId w:val="1"/>',
    "<w:t>甲 </w:t>",
]  # fmt: skip
trees = st.recursive(
    st.sampled_from(EMPTY),
    lambda inner: st.builds(
        lambda name, parts: f"<w:{name}>{''.join(parts)}</w:{name}>",
        st.sampled_from(ELEMENTS),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)
rows = st.lists(
    st.lists(
        st.builds(
            "<w:tc><w:tcPr>{}{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format,
            st.sampled_from(["", EMPTY[0], EMPTY[1]]),
            st.sampled_from(["", EMPTY[2], EMPTY[3]]),
            st.sampled_from(["", "甲", " 乙\n丙 "]),
        ),
        max_size=4,
    ).map(lambda cells: f"<w:tr>{''.join(cells)}</w:tr>"),
    max_size=4,
).map(lambda found: f"<w:tbl>{''.join(found)}</w:tbl>")
NUMBERS = (
    body("")
    .replace(b"document", b"numbering")
    .replace(
        b"<w:body></w:body>",
        b'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/>'
        b'<w:lvlText w:val="%1 %9"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>',
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=ALLOWED)
@given(parts=st.lists(trees | rows, max_size=5))
def test_any_word_xml_is_blocks_or_an_error(tmp_path: Path, parts: list[str]) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(packed({"word/document.xml": body("".join(parts)), "word/numbering.xml": NUMBERS}))
    try:
        sound(read_document(path))
    except KechuangError as error:
        assert error.code == "document-no-text"


@settings(max_examples=100, deadline=None, suppress_health_check=ALLOWED)
@given(seed=st.integers(0, 2**32))
def test_a_damaged_word_file_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    chance, data = random.Random(seed), bytearray(GOOD)
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    try:
        sound(read_document(path))
    except KechuangError as error:
        assert error.code in ("document-damaged", "document-encrypted", "document-no-text", "zip-bomb")


@pytest.mark.shared
def test_real_plans_are_kept_exactly(shared: Path) -> None:
    for path in sorted((shared / "data" / "plans").glob("*.txt")):
        document = read_document(path)
        assert document.text == path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        sound(document)

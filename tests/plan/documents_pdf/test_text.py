"""PDF: broken lines become paragraphs again, and what only dresses the page is left out."""

from __future__ import annotations

from collections.abc import Callable

from kechuang.plan.documents import Document

Read = Callable[[str], Document]

LONG = [
    "“十四五”时期，全县科技创新工作坚持需求牵引、应用为本，围绕主导产业补链强链，推动创新资源向企业集聚，研发投入稳步增长。",
    "到2025年，全社会研究与试验发展（R&D）经费支出占地区生产总值比重达到1.2%以上，高新技术企业达到26家，技术合同成交额达到3.5亿元。",
    "支持县域企业与高等院校、科研院所共建研发机构，建设乡村振兴科技示范点12个，选派科技特派员150名，实现行政村科技服务全覆盖。",
]


def shown(document: Document) -> list[tuple[str, int | None, str]]:
    return [(block.kind, block.level, document.of(block)) for block in document.blocks]


def words(document: Document) -> list[str]:
    return [document.of(block) for block in document.blocks]


def test_lines_are_joined_without_a_space(official: Read) -> None:
    assert words(official("\n\n".join(LONG))) == LONG


def test_pages_and_paragraphs_are_numbered(official: Read) -> None:
    document = official("\n\n".join(LONG * 6))
    assert words(document) == LONG * 6
    assert [block.paragraph for block in document.blocks] == list(range(1, 19))
    pages = [block.page or 0 for block in document.blocks]
    assert pages[0] == 1 and pages[-1] >= 2 and pages == sorted(pages)


def test_page_numbers_running_heads_and_notes_are_left_out(typed: Read) -> None:
    document = typed(
        """#set page(paper: "a4", margin: 3cm,
          header: context if calc.odd(here().page()) [清源县人民政府文件] else [#h(1fr) 清源县科技创新规划],
          footer: context align(center)[第#counter(page).display()页 共9页])
        #set text(font: "Noto Serif CJK SC", size: 14pt, lang: "zh")
        #set par(first-line-indent: (amount: 2em, all: true), justify: true)
        """
        + "\n\n".join([*LONG * 14, "经费以县统计局数据为准。#footnote[数据来自年鉴，口径见附录。]", *LONG])
    )
    text = document.text
    assert "清源县" not in text and "共9页" not in text and "年鉴" not in text
    assert words(document) == [*LONG * 14, "经费以县统计局数据为准。", *LONG]
    assert document.blocks[-1].page and document.blocks[-1].page >= 4


def test_a_number_alone_is_kept_where_it_counts_no_pages(official: Read) -> None:
    assert "2025" in words(official(f"{LONG[0]}\n\n2025\n\n{LONG[1]}"))


def test_headings_have_the_level_of_their_bookmarks(official: Read) -> None:
    document = official(
        f"= 一、发展基础\n{LONG[0]}\n\n= 二、重点任务\n== （一）强化企业创新主体地位\n{LONG[1]}\n\n== （二）建设平台\n{LONG[2]}"
    )
    assert [(level, text) for kind, level, text in shown(document) if kind == "heading"] == [
        (1, "一、发展基础"),
        (1, "二、重点任务"),
        (2, "（一）强化企业创新主体地位"),
        (2, "（二）建设平台"),
    ]
    assert [text for kind, _, text in shown(document) if kind == "paragraph"] == LONG


def test_headings_are_told_by_their_type_without_bookmarks(official: Read) -> None:
    document = official(
        '#align(center, text(font: "Noto Sans CJK SC", size: 22pt)[清源县“十四五”科技创新规划])\n\n'
        f'#text(font: "Noto Sans CJK SC", size: 18pt)[总体要求]\n\n{LONG[0]}\n\n{LONG[2]}\n\n'
        f'#text(font: "Noto Sans CJK SC", size: 18pt)[保障措施]\n\n{LONG[1]}'
    )
    assert shown(document) == [
        ("heading", 0, "清源县“十四五”科技创新规划"),
        ("heading", 1, "总体要求"),
        ("paragraph", None, LONG[0]),
        ("paragraph", None, LONG[2]),
        ("heading", 1, "保障措施"),
        ("paragraph", None, LONG[1]),
    ]


def test_two_columns_are_read_one_after_the_other(typed: Read) -> None:
    document = typed(
        """#set page(paper: "a4", margin: 2cm, columns: 2)
        #set text(font: "Noto Serif CJK SC", size: 10.5pt, lang: "zh")
        #set par(first-line-indent: (amount: 2em, all: true), justify: true)
        #place(top + center, scope: "parent", float: true, text(size: 18pt)[清源县科技创新规划解读])
        """
        + "\n\n".join(LONG * 12)
    )
    assert words(document) == ["清源县科技创新规划解读", *LONG * 12]


def test_contents_are_no_text(official: Read) -> None:
    document = official(
        f"#outline(title: [目　录])\n#pagebreak()\n= 一、发展基础\n{LONG[0]}\n#pagebreak()\n= 二、重点任务\n{LONG[1]}"
    )
    assert words(document) == ["一、发展基础", LONG[0], "二、重点任务", LONG[1]]


def test_words_are_parted_by_a_space(typed: Read) -> None:
    sentence = (
        "The county will raise its spending on research and development to more than one percent of its "
        "gross product by the year and open its laboratories to small firms."
    )
    document = typed(
        f'#set text(font: "Noto Serif CJK SC", size: 14pt, hyphenate: false)\n{sentence}\n\n{sentence}'
    )
    assert words(document) == [sentence, sentence]


def test_bullets_are_list_items(official: Read) -> None:
    document = official(f"{LONG[0]}\n- 建设实验室\n- 培育企业\n\n{LONG[1]}")
    assert [(kind, text) for kind, _, text in shown(document)] == [
        ("paragraph", LONG[0]),
        ("list", "建设实验室"),
        ("list", "培育企业"),
        ("paragraph", LONG[1]),
    ]


def test_a_square_is_no_mark_of_a_note(official: Read) -> None:
    document = official("建成园区面积120km#super[2]，入驻企业#footnote[含孵化企业。]30家。")
    assert words(document) == ["建成园区面积120km2，入驻企业30家。"]


def test_signs_drawn_twice_are_one_sign(drawn: Callable[..., Document]) -> None:
    fonts = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    bold = b"BT /F1 12 Tf 72 700 Td (book 2025 committee) Tj 0.3 0 Td (book 2025 committee) Tj ET"
    assert drawn(bold, resources=fonts).text == "book 2025 committee"


def test_radicals_ligatures_and_unseen_signs(drawn: Callable[..., Document]) -> None:
    told = b"<0001> <2F00> <0002> <2EDA> <0003> <FB01> <0004> <00AD> <0005> <F9D8>"
    table = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
    stream = table + b"5 beginbfchar " + told + b" endbfchar endcmap"
    fonts = (
        b"/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 100 0 R/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]>>>>"
    )
    unicode = b"<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream"
    document = drawn(b"BT /F1 12 Tf 72 700 Td <00010002000300040005> Tj ET", resources=fonts, extra=[unicode])
    assert document.text == "一页fi律"


def test_slanting_watermarks_are_left_out(official: Read) -> None:
    document = official(
        "#set page(background: rotate(-45deg, text(size: 60pt, fill: gray)[征求意见稿]))\n"
        + "\n\n".join(LONG * 4)
    )
    assert words(document) == LONG * 4


def test_a_paragraph_whose_line_begins_like_a_heading(official: Read) -> None:
    text = (
        "全县坚持系统观念和问题导向相统一，不断推动科技工作与第" * 3
        + "一、二、三产业协调发展，做到统筹兼顾。"
    )
    assert words(official(f"{LONG[0]}\n\n{text}")) == [LONG[0], text]


def test_short_lines_that_are_only_numbers_are_kept(typed: Read) -> None:
    rows = [str(number) for number in range(60, 180)]
    document = typed(
        '#set page(paper: "a4", margin: 25mm)\n#set text(font: "Noto Serif CJK SC", size: 12pt)\n#set par(spacing: 1.6em)\n'
        + "\n\n".join(rows)
    )
    assert words(document) == rows


def test_a_second_column_of_few_lines(typed: Read) -> None:
    document = typed(
        """#set page(paper: "a4", margin: 2cm, columns: 2)
        #set text(font: "Noto Serif CJK SC", size: 10.5pt, lang: "zh")
        #set par(first-line-indent: (amount: 2em, all: true), justify: true)
        """
        + "\n\n".join(LONG * 5)
        + "\n\n#colbreak()\n清源县科学技术局"
    )
    assert words(document) == [*LONG * 5, "清源县科学技术局"]

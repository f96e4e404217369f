"""PDF: tables come out as they were drawn, also those that run over pages or lie sideways."""

from __future__ import annotations

from collections.abc import Callable

from kechuang.plan.documents import Document

Read = Callable[[str], Document]


def grid(document: Document, number: int = 0) -> list[list[str | None]]:
    return [[document.of(cell) if cell else None for cell in row] for row in document.tables()[number]]


HEAD = ["序号", "指标", "单位", "2020年", "2025年", "属性"]
ROWS = [
    ["1", "全社会研究与试验发展（R&D）经费支出占地区生产总值比重", "%", "0.8", "1.2", "预期性"],
    ["2", "高新技术企业数", "家", "12", "26", "预期性"],
    ["3", "技术合同成交额", "亿元", "1.8", "3.5", "约束性"],
]


def table(rows: list[list[str]], extra: str = "", head: bool = True) -> str:
    cells = "".join(f"[{cell}]," for row in rows for cell in row)
    if head:
        cells = f"table.header({''.join(f'[{cell}],' for cell in HEAD)})," + cells
    return f"#table(columns: (1.2cm, 1fr, 1.6cm, 2cm, 2cm, 2.2cm), {extra} {cells})"


def test_a_ruled_table(official: Read) -> None:
    document = official(f"主要指标如下。\n\n{table(ROWS)}\n\n以上指标逐年考核。")
    assert grid(document) == [HEAD, *ROWS]
    lines = [document.of(block) for block in document.blocks if block.kind != "cell"]
    assert lines == ["主要指标如下。", "以上指标逐年考核。"]
    assert {block.page for block in document.blocks} == {1}
    assert all(block.paragraph is None for block in document.blocks if block.kind == "cell")


def test_merged_cells(official: Read) -> None:
    document = official(
        "#table(columns: 4, table.cell(rowspan: 2)[类别], table.cell(rowspan: 2)[指标], table.cell(colspan: 2)[目标值],"
        "[2022年], [2025年], table.cell(rowspan: 2)[创新投入], [研发投入强度], [0.9%], [1.2%], [财政科技支出], [0.5亿元], [0.8亿元])"
    )
    places = [
        (document.of(b), b.row, b.column, b.row_span, b.column_span)
        for b in document.blocks
        if b.kind == "cell"
    ]
    assert places[:5] == [
        ("类别", 0, 0, 2, 1),
        ("指标", 0, 1, 2, 1),
        ("目标值", 0, 2, 1, 2),
        ("2022年", 1, 2, 1, 1),
        ("2025年", 1, 3, 1, 1),
    ]
    assert ("创新投入", 2, 0, 2, 1) in places
    assert grid(document)[3] == ["创新投入", "财政科技支出", "0.5亿元", "0.8亿元"]


def test_a_table_over_pages_is_one_with_its_head_once(official: Read) -> None:
    rows = [[str(n), f"第{n}项创新指标的名称", "家", str(n), str(2 * n), "预期性"] for n in range(1, 61)]
    document = official(f"指标见下表。\n\n{table(rows)}\n\n表后的文字。")
    assert len(document.tables()) == 1
    assert grid(document) == [HEAD, *rows]
    pages = [block.page or 0 for block in document.blocks if block.kind == "cell"]
    assert pages[0] == 1 and pages[-1] >= 3 and pages == sorted(pages)


def test_a_row_parted_by_a_page_end_is_whole(official: Read) -> None:
    long = (
        "建设县域科技创新服务中心，完善检验检测、技术转移和创业孵化功能，面向乡镇提供科技特派员派驻服务" * 3
    )
    rows = [[str(n), long, "个", str(n), str(2 * n), "预期性"] for n in range(1, 9)]
    document = official(table(rows))
    assert grid(document) == [HEAD, *rows]


def test_a_page_across(official: Read) -> None:
    document = official(f"横表见下页。\n#page(flipped: true)[{table(ROWS)}]\n指标解释另行印发。")
    assert grid(document) == [HEAD, *ROWS]
    assert [block.page for block in document.blocks if block.kind == "cell"] == [2] * 24


def test_a_table_set_sideways(official: Read) -> None:
    document = official(
        f"横表见下页。\n#pagebreak()\n#rotate(-90deg, reflow: true, block(width: 20cm)[{table(ROWS)}])"
    )
    assert grid(document) == [HEAD, *ROWS]


def test_a_table_open_at_its_sides(official: Read) -> None:
    document = official(
        table(ROWS, "stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt, left: if x > 0 {0.5pt} else {0pt}),")
    )
    assert grid(document) == [HEAD, *ROWS]


def test_a_frame_around_text_is_text(official: Read) -> None:
    document = official("#rect(width: 100%)[专栏1　重点工程\n\n建设清源县科技创新服务中心。]\n\n正文。")
    assert document.tables() == []
    assert [document.of(block) for block in document.blocks] == [
        "专栏1　重点工程",
        "建设清源县科技创新服务中心。",
        "正文。",
    ]


def test_a_table_of_level_rules_only(official: Read) -> None:
    document = official(
        "主要指标如下。\n\n"
        + table(ROWS, "stroke: none, inset: 5pt, table.hline(), ")
        .replace("),[1]", "),table.hline(),[1]")
        .removesuffix(")")
        + "table.hline())\n\n以上指标逐年考核，考核结果报县人民政府。"
    )
    assert grid(document) == [HEAD, *ROWS]
    lines = [document.of(block) for block in document.blocks if block.kind != "cell"]
    assert lines == ["主要指标如下。", "以上指标逐年考核，考核结果报县人民政府。"]


def test_words_set_sideways_in_a_cell(official: Read) -> None:
    document = official(
        "#table(columns: 3, table.cell(rowspan: 2, rotate(-90deg, reflow: true)[创新投入]), [研发投入强度], [1.2%],"
        "[财政科技支出], [0.8亿元])"
    )
    assert grid(document) == [["创新投入", "研发投入强度", "1.2%"], ["创新投入", "财政科技支出", "0.8亿元"]]


def test_a_merged_cell_over_a_page_end(official: Read) -> None:
    rows = "".join(f"[第{n}项任务], [县科技局]," for n in range(1, 31))
    document = official(f"#table(columns: 3, inset: 8pt, table.cell(rowspan: 30)[企业创新], {rows})")
    assert document.blocks[-1].page and document.blocks[-1].page > 1
    assert grid(document) == [["企业创新", f"第{n}项任务", "县科技局"] for n in range(1, 31)]


def test_two_tables_one_after_another_stay_two(official: Read) -> None:
    document = official(f"{table(ROWS)}\n\n下表是分解指标。\n\n{table(ROWS)}")
    assert len(document.tables()) == 2


def test_an_underlined_word_is_no_table(official: Read) -> None:
    document = official(
        "牵头单位：#underline[县科技局]　配合单位：#underline[县财政局]\n\n完成时间：#underline[2025年]"
    )
    assert document.tables() == []

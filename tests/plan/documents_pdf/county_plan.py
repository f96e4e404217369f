"""A plan of an invented county as a list of parts, and as Word, Typst, HTML and plain text of them."""

from __future__ import annotations

import html
import io
from typing import Any

Part = tuple[str, Any]

TITLE = "清源县“十四五”科技创新发展规划（2021—2025年）"
HEAD = ["序号", "指标", "单位", "2020年", "2025年", "属性"]
INDICATORS = [
    ["1", "全社会研究与试验发展（R&D）经费支出占地区生产总值比重", "%", "0.82", "1.25", "预期性"],
    ["2", "高新技术企业数", "家", "14", "32", "预期性"],
    ["3", "科技型中小企业入库数", "家", "41", "95", "预期性"],
    ["4", "每万人口高价值发明专利拥有量", "件", "0.6", "1.5", "预期性"],
    ["5", "技术合同成交额", "亿元", "1.8", "4.5", "预期性"],
    ["6", "县级以上科技创新平台", "个", "9", "20", "约束性"],
    ["7", "科技特派员在岗人数", "名", "86", "160", "约束性"],
    ["8", "公民具备科学素质的比例", "%", "8.1", "12.5", "预期性"],
]
#: A table whose first column is merged: None goes on with the cell above.
SHARES = [
    ["类别", "任务", "牵头单位"],
    ["企业", "高新技术企业倍增", "县科技局"],
    [None, "企业研发机构建设", "县工信局"],
    ["农业", "科技特派员派驻", "县农业农村局"],
    [None, "农业科技园区升级", "县农业农村局"],
    [None, "乡土技术能手培训", "县人社局"],
]
_PROGRAMMES = {
    "企业创新主体培育工程": [
        "高新技术企业倍增",
        "科技型中小企业孵化",
        "规上企业研发机构建设",
        "创新联合体组建",
        "企业技术中心升级",
        "首台套产品应用",
    ],
    "特色产业技术攻关工程": [
        "果品保鲜与精深加工",
        "节水灌溉装备研制",
        "新型建材绿色制造",
        "中药材种植与提取",
        "林果病虫害绿色防控",
        "奶畜良种繁育",
    ],
    "创新平台提质工程": [
        "重点实验室建设",
        "工程技术研究中心建设",
        "农业科技园区升级",
        "检验检测平台共享",
        "科技企业孵化器建设",
        "大型仪器开放共享",
    ],
    "科技成果转化工程": [
        "技术转移机构培育",
        "中试基地建设",
        "成果供需对接",
        "职务成果权属改革试点",
        "概念验证服务",
        "科技成果进园区",
    ],
    "科技人才引育工程": [
        "柔性引才",
        "青年科技人员培养",
        "乡土技术能手培训",
        "科技特派员派驻",
        "院士专家工作站建设",
        "企业科技副总选派",
    ],
}
_SAFEGUARDS = {
    "加强组织领导": "一是成立县科技创新领导小组，统筹规划实施中的重大事项。二是建立部门会商制度，各乡镇、各部门按照职责分工抓好落实。",
    "加大经费投入": "一是建立财政科技投入稳定增长机制，县财政每年安排科技专项经费。二是引导金融机构开发知识产权质押等产品，支持企业创新。",
    "强化监测评估": "一是建立规划实施年度监测制度，每年一季度公布上年度进展。二是开展中期评估和总结评估，结果作为调整规划的依据。",
    "营造创新氛围": "一是办好科技活动周，推动科普场馆免费开放。二是弘扬科学家精神，宽容探索中的失败。",
}


def parts() -> list[Part]:
    """The plan, part by part: title, h1, h2, p, item (a numbered one) and table."""
    found: list[Part] = [("title", TITLE)]
    found.append(
        (
            "p",
            "为深入实施创新驱动发展战略，加快建设创新型县，依据《清河市“十四五”科技创新规划》，结合本县实际，制定本规划。规划期为2021—2025年。",
        )
    )
    found += [("h1", "一、发展基础"), ("h2", "（一）取得的成绩")]
    found.append(
        (
            "p",
            "“十三五”期间，全县科技工作紧扣主导产业，创新能力稳步提升。2020年，全社会研发经费支出1.36亿元，高新技术企业14家，建成县级以上科技创新平台9个，授权发明专利27件，选派科技特派员86名，服务行政村118个。",
        )
    )
    found += [("h2", "（二）存在的问题")]
    found.append(
        (
            "p",
            "全县科技创新仍存在研发投入强度不高、企业创新意识不强、高层次人才缺乏、平台服务能力不足等问题。",
        )
    )
    found += [("h1", "二、总体要求"), ("h2", "（一）指导思想")]
    found.append(
        (
            "p",
            "坚持科技创新在现代化建设全局中的核心地位，面向县域主战场，以企业为主体、以市场为导向，推动产业链与创新链深度融合，为经济社会高质量发展提供支撑。",
        )
    )
    found += [("h2", "（二）基本原则")]
    for text in (
        "坚持需求导向，从产业和民生的急需出发凝练任务。",
        "坚持开放合作，借助市内外高校和院所的力量。",
        "坚持绿色发展，以技术进步降低能耗和用水。",
    ):
        found.append(("item", text))
    found += [("h2", "（三）发展目标")]
    found.append(
        (
            "p",
            "到2025年，全县创新体系基本健全，企业创新主体地位更加突出，科技对经济社会发展的支撑作用明显增强。主要指标见下表。",
        )
    )
    found.append(("table", [HEAD, *INDICATORS]))
    found.append(("h1", "三、重点任务"))
    for number, (name, topics) in enumerate(_PROGRAMMES.items()):
        found.append(("h2", f"（{'一二三四五'[number]}）实施{name}"))
        found.append(
            (
                "p",
                f"把{name}作为本县科技工作的重要抓手，分年度细化工作清单，明确时间表和路线图，做到项目、平台、人才、资金一体配置，形成可检查、可考核的成果。",
            )
        )
        for place, topic in enumerate(topics, start=1):
            found.append(("h3", f"{place}. {topic}行动。"))
            found.append(
                (
                    "p",
                    f"围绕{topic}，摸清县内企业、园区和合作社的技术需求，按年度发布需求清单，支持有条件的单位牵头承担市级以上科技计划项目。"
                    f"对{topic}中形成的新技术、新产品、新工艺，优先纳入县级示范应用目录，组织不少于{place + 2}场现场观摩，促进技术在乡镇落地见效。"
                    f"完善绩效评价办法，对进展快、效果好的承担单位给予后补助，对连续两年没有进展的项目予以终止，盘活结余资金用于{topic}的后续研究。",
                )
            )
            found.append(
                (
                    "p",
                    f"鼓励与市内外高校、科研院所联合开展{topic}方面的技术服务，每年派出专家不少于{place * 10}人次，帮助解决生产中的实际难题；"
                    "建立服务台账，由县科技局会同有关乡镇按季度核对，作为年度考核的依据。（牵头单位：县科技局；配合单位：县财政局、县农业农村局）",
                )
            )
    found.append(("p", "各类任务的分工如下。"))
    found.append(("merged", SHARES))
    found.append(("h1", "四、保障措施"))
    for number, (name, text) in enumerate(_SAFEGUARDS.items()):
        found += [("h2", f"（{'一二三四'[number]}）{name}"), ("p", text)]
    return found


def _cells(rows: list[list[str | None]], number: int) -> list[tuple[str, int]]:
    """The cells that begin in a row, each with the rows it covers."""
    found = []
    for column, text in enumerate(rows[number]):
        if text is not None:
            height = 1
            while number + height < len(rows) and rows[number + height][column] is None:
                height += 1
            found.append((text, height))
    return found


def as_text() -> str:
    lines, count = [], 0
    for kind, content in parts():
        count = count + 1 if kind == "item" else 0
        if kind in ("table", "merged"):
            lines += ["\t".join(cell or "" for cell in row) for row in content]
        else:
            lines.append(f"{count}. {content}" if kind == "item" else content)
    return "\n".join(lines)


def as_html() -> str:
    tags = {"title": "h1", "h1": "h2", "h2": "h3", "h3": "p", "p": "p"}
    lines, open_ = [], False
    for kind, content in parts():
        if open_ != (kind == "item"):
            lines.append("</ol>" if open_ else "<ol>")
            open_ = not open_
        if kind in ("table", "merged"):
            rows = (
                "<tr>"
                + "".join(f"<td rowspan={height}>{text}</td>" for text, height in _cells(content, n))
                + "</tr>"
                for n in range(len(content))
            )
            lines.append(f"<table>{''.join(rows)}</table>")
        elif kind == "item":
            lines.append(f"<li>{content}</li>")
        else:
            lines.append(f"<{tags[kind]}>{html.escape(content)}</{tags[kind]}>")
    return f"<!DOCTYPE html><meta charset=utf-8><body>{''.join(lines)}</body>"


def as_typst() -> str:
    """The parts as Typst text, to be put after the settings of a page."""
    lines = []
    for kind, content in parts():
        if kind == "table":
            head, *rows = ["".join(f"[{cell}]," for cell in row) for row in content]
            lines.append(
                f"#table(columns: (auto, 1fr, auto, auto, auto, auto), table.header({head}),{''.join(rows)})"
            )
        elif kind == "merged":
            cells = (
                f"table.cell(rowspan: {height})[{text}],"
                for n in range(len(content))
                for text, height in _cells(content, n)
            )
            lines.append(f"#table(columns: 3, {''.join(cells)})")
        elif kind == "title":
            lines.append(f'#align(center, text(font: "Noto Sans CJK SC", size: 1.4em)[{content}])')
        elif kind == "item":
            lines.append(f"+ {content}")
        elif kind in ("h1", "h2"):
            lines.append(f"#heading(level: {kind[1]})[{content}]")
        else:
            lines.append(f'#"{content}"')
    text = "\n\n".join(lines)
    return '#set enum(numbering: "1.")\n' + text


def as_word() -> bytes:
    """A Word file with heading styles, an automatic list, running heads and page numbers."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Mm, Pt, RGBColor

    file = docx.Document()
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    fonts = {"Normal": ("Noto Serif CJK SC", 16)} | {
        name: ("Noto Sans CJK SC", size)
        for name, size in (("Title", 22), ("Heading 1", 16), ("Heading 2", 16))
    }
    for name, (font, size) in fonts.items():
        style = file.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    section.header.paragraphs[0].text = "清源县人民政府文件"
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("— ")
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    footer._p.append(field)
    footer.add_run(" —")
    for kind, content in parts():
        if kind == "table":
            table = file.add_table(0, len(HEAD), style="Table Grid")
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif kind == "merged":
            table = file.add_table(len(content), len(content[0]), style="Table Grid")
            for number in range(len(content)):
                columns = [place for place, text in enumerate(content[number]) if text is not None]
                for column, (text, height) in zip(columns, _cells(content, number), strict=True):
                    cell = table.cell(number, column)
                    cell.merge(table.cell(number + height - 1, column)).text = text
        elif kind in ("title", "h1", "h2"):
            file.add_heading(content, {"title": 0, "h1": 1, "h2": 2}[kind])
        elif kind == "item":
            file.add_paragraph(content, style="List Number")
        else:
            paragraph = file.add_paragraph(content)
            paragraph.paragraph_format.first_line_indent = Pt(32)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()

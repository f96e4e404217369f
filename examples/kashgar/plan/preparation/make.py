"""Makes the example of a plan's preparation: journal, table of comments, dispositions, one amendment.

Everything in this folder but the dates of the four stages and of the issue is sample data (示例数据): the
steps, units, comments and decisions are invented, days are drawn with a fixed seed. The plan here is a
copy of the example's plan.yaml; the amendment stands on this copy only. Run by hand
(``python examples/kashgar/plan/preparation/make.py``); the result is committed.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from openpyxl import Workbook

from kechuang.plan.file import load_plan, save_plan
from kechuang.plan.preparation.amending import amend
from kechuang.plan.preparation.comment_file import COLUMNS, import_comments
from kechuang.plan.preparation.comments import Written, add_comment, dispose, open_round
from kechuang.plan.preparation.days import BEIJING
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.stages import add_step, mark_done, record_milestone

HERE = Path(__file__).resolve().parent
PLAN = HERE.parent / "plan.yaml"
SEED = 653100
WHO = "示例科技局规划科"
TABLE = "示例_征求意见汇总.xlsx"
FIRST, LAST = date(2021, 1, 11), date(2021, 3, 19)

#: Kind of sender, sender, comment, what it is about, disposition, reason, change.
COMMENTS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("县市", "示例甲县科技局", "建议把农业科技园区建设与县域特色产业结合起来。", "T6", "采纳", "", "任务中补充结合县域特色产业的内容"),
    ("县市", "示例甲县科技局", "科技特派员经费渠道应当写明。", "T5", "部分采纳", "经费在年度预算中安排，规划只写原则", "补充稳定增加财政科技投入的表述"),
    ("县市", "示例乙县科技局", "县一级没有统计研发人员的力量，指标分解应留有余地。", "T3", "采纳", "", "指标不分解到县，由地区统一核算"),
    ("县市", "示例乙县科技局", "冷链物流任务与商务部门规划重复，请衔接。", "完善农产品保鲜仓储和冷链物流", "采纳", "", "与商务部门规划核对后统一表述"),
    ("县市", "示例丙县人民政府", "建议增加盐碱地治理的技术示范点。", "综合整治盐碱地和矿区", "部分采纳", "示范点数量由实施方案确定", "正文保留综合整治的要求"),
    ("县市", "示例丁市科技局", "科技型中小企业目标偏低，建议提高到30家。", "T8", "未采纳", "按现有培育库测算，30家缺少支撑", ""),
    ("县市", "示例丁市科技局", "建议明确众创空间的支持政策。", "支持众创空间和孵化载体发展", "采纳", "", "补充落实扶持政策的要求"),
    ("部门", "示例部门甲", "财政科技投入占比应注明口径。", "T2", "采纳", "", "注明为206科学技术支出占一般公共预算支出的比重"),
    ("部门", "示例部门甲", "涉及资金的表述建议改为“统筹安排”。", "落实财政投入机制和税收金融政策", "采纳", "", "改为统筹安排"),
    ("部门", "示例部门乙", "研发投入强度的数值请与统计口径核对。", "T1", "部分采纳", "数值依据测算报告，口径随统计制度", "补充口径说明"),
    ("部门", "示例部门乙", "R&D人员全时当量建议按年度核算。", "T3", "采纳", "", "按年度核算"),
    ("部门", "示例部门丙", "建议增加生态修复技术的推广面积指标。", "以科技支持生态修复", "未采纳", "面积指标已在生态环保规划中列出，不重复设置", ""),
    ("部门", "示例部门丁", "智慧旅游与数字化规划的任务应当衔接。", "建设智慧旅游", "采纳", "", "增加与数字化规划衔接的表述"),
    ("部门", "示例部门戊", "建议写明医疗适宜技术推广的责任单位。", "推广适宜诊疗技术", "采纳", "", "任务分工表中列明责任单位"),
    ("专家", "示例大学农业科技专家", "园区数量之外，应关注园区的带动效果。", "T6", "部分采纳", "效果指标放入年度监测，不作规划目标", "保障措施中增加验收和评估"),
    ("专家", "示例大学农业科技专家", "信息化服务建议突出到村到户。", "提高农业科技服务的信息化水平", "采纳", "", "补充到村到户的要求"),
    ("专家", "示例研究院科技政策专家", "编制依据中应写明与自治区规划的衔接关系。", "《新疆维吾尔自治区科技创新“十四五”规划》", "采纳", "", "增加衔接关系的表述"),
    ("专家", "示例研究院科技政策专家", "存在问题的分析可再具体一些。", "主要存在以下问题", "采纳", "", "问题由四条增为六条"),
    ("企业", "示例绿洲食品企业", "建议支持企业自建检测平台。", "S1.1", "部分采纳", "企业自建平台通过项目支持，不单列", "平台布局中兼顾企业需求"),
    ("企业", "示例装备制造企业", "高新技术企业认定服务希望提前介入。", "T4", "采纳", "", "加强培育与认定服务"),
    ("高校院所", "示例高校科研处", "建议给科研单位更大的经费使用自主权。", "改革科技管理体制", "采纳", "", "增加赋予更大自主权的表述"),
    ("公众", "", "希望科技特派员常来村里，不要只来一次。", "T5", "采纳", "", "服务要求写入特派员管理办法"),
    ("公众", "", "希望多办面向青少年的科普活动。", "宣传创新典型，加强科学普及", "采纳", "", "保障措施中加强科学普及"),
    ("公众", "", "建议每个乡镇都建一个科技馆。", "", "未采纳", "超出规划期内的财力，由科普规划统筹", ""),
)  # fmt: skip
LATE = Written("county", "示例戊县科技局", "对规划没有其他意见。", "", date(2021, 3, 26))

STEPS: tuple[tuple[str, str, str, str], ...] = (
    ("1", "各县市和部门书面调研（示例）", "2020-04-30", "2020-04-28"),
    ("1", "园区和企业实地调研（示例）", "2020-06-20", "2020-06-24"),
    ("2", "形成规划初稿（示例）", "2020-10-31", "2020-10-30"),
    ("2", "指标测算和论证（示例）", "2020-12-20", "2020-12-18"),
    ("3", "书面和网上征求意见（示例）", "2021-03-19", "2021-03-19"),
    ("3", "逐条处理意见（示例）", "2021-03-31", "2021-04-06"),
    ("4", "专家论证（示例）", "2021-06-30", "2021-06-25"),
    ("4", "部门会签（示例）", "2021-10-31", "2021-10-27"),
)


@dataclass
class Clock:
    """The moment entries are made: ten in the morning of a day, each a minute after the last."""

    at: datetime = field(default_factory=lambda: datetime(2020, 3, 2, 10, tzinfo=BEIJING))

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def set(self, day: date) -> None:
        self.at = max(self.at, datetime(day.year, day.month, day.day, 10, tzinfo=BEIJING))


def main() -> None:
    for part in ("journal.jsonl", "journal.head", "plan.yaml", TABLE):
        (HERE / part).unlink(missing_ok=True)
    for part in ("versions", "consultation"):
        shutil.rmtree(HERE / part, ignore_errors=True)
    save_plan(load_plan(PLAN), HERE / "plan.yaml")
    clock = Clock()
    folder = PlanFolder(HERE / "plan.yaml", WHO, clock)
    steps = list(STEPS)
    consult(folder, clock, steps)
    for step in steps:
        finish(folder, clock, *step)
    decide(folder, clock)
    (HERE / ".journal.jsonl.lock").unlink()


def finish(folder: PlanFolder, clock: Clock, stage: str, name: str, due: str, done: str) -> None:
    """A step, entered on the day it was done."""
    clock.set(date.fromisoformat(done))
    with folder.change() as change:
        step = add_step(change, stage, name, date.fromisoformat(due))
        mark_done(change, step, date.fromisoformat(done))


def consult(folder: PlanFolder, clock: Clock, steps: list[tuple[str, str, str, str]]) -> None:
    """The round, its table of comments, one that came late, and what became of each."""
    while steps[0][0] < "3":
        finish(folder, clock, *steps.pop(0))
    clock.set(FIRST)
    source = next((HERE.parent / "source").glob("*.docx"))
    with folder.change() as change:
        open_round(
            change,
            FIRST,
            LAST,
            draft=source,
            name="书面和网上征求意见（示例数据）",
            channels=("书面", "网站公开"),
            asked_count=36,
        )
    write_table(HERE / TABLE)
    clock.set(LAST)
    with folder.change() as change:
        import_comments(change, HERE / TABLE)
    finish(folder, clock, *steps.pop(0))
    clock.set(date(2021, 3, 26))
    with folder.change() as change:
        add_comment(change, LATE)
    clock.set(date(2021, 4, 6))
    answers = {"采纳": "adopted", "部分采纳": "partly", "未采纳": "not"}
    with folder.change() as change:
        for number, (_, _, _, _, answer, reason, made) in enumerate(COMMENTS, start=1):
            dispose(change, [f"C{number}"], answers[answer], reason=reason or None, change_made=made or None)  # type: ignore[arg-type]
        dispose(change, [f"C{len(COMMENTS) + 1}"], "adopted", reason="无修改意见")


def decide(folder: PlanFolder, clock: Clock) -> None:
    """Review and approval (sample), the issue (as published), and an amendment on this copy (sample)."""
    for kind, body, day in (
        ("review", "示例专题会议", date(2021, 11, 18)),
        ("approve", "示例审定会议", date(2022, 3, 22)),
        ("issue", "喀什地区行政公署办公室", date(2022, 4, 7)),
    ):
        clock.set(day)
        with folder.change() as change:
            record_milestone(change, kind, body, day)  # type: ignore[arg-type]
    clock.set(date(2023, 6, 30))
    with folder.change() as change:
        amend(
            change,
            "T8",
            {"value": 26.0},
            document="关于调整规划部分目标的通知（示例文件）",
            number="示例〔2023〕1号",
            on=date(2023, 6, 30),
            reason="示例数据：中期评估后上调",
        )


def write_table(path: Path) -> None:
    """The comments as an office sends them."""
    days = Random(SEED)
    book = Workbook()
    sheet = book.active
    sheet.title = "意见（示例数据）"
    sheet.append([headings[0] for headings in COLUMNS.values()])
    span = (LAST - FIRST).days
    for kind, source, text, about, *_ in COMMENTS:
        sheet.append([source, kind, text, about, FIRST + timedelta(days=days.randint(2, span))])
    for column, width in zip("ABCDE", (24, 12, 60, 36, 14), strict=True):
        sheet.column_dimensions[column].width = width
    book.properties.created = book.properties.modified = datetime(2021, 3, 19, 9)  # noqa: DTZ001 (Excel has no zones)
    book.save(path)


if __name__ == "__main__":
    main()

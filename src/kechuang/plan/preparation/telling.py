"""Entries of the journal in words."""

from __future__ import annotations

from kechuang.messages import Message, say
from kechuang.plan.preparation import events
from kechuang.plan.preparation.comments import DISPOSITIONS
from kechuang.plan.preparation.journal import Entry


def told(entry: Entry) -> Message:
    """What an entry says, in one sentence without a stop."""
    content = entry.content
    if isinstance(content, events.PlanEdited):
        return say("规划文件在命令之外有改动，已留存为第{n}版", n=content.plan.version)
    if isinstance(content, events.Begun):
        return say("开始确认；机器读出的草案留存为 {file}", file=content.file)
    if isinstance(content, events.Decided):
        return _decided(content)
    if isinstance(content, events.Completed):
        return say("全部条目已确认，规划定稿")
    if isinstance(content, events.StepAdded):
        return say("步骤 {step} {name}（{stage}）", step=content.step, name=content.name, stage=content.stage)
    if isinstance(content, events.StepDone):
        return say("{name} 于{day}完成", name=content.step or content.stage, day=content.on.isoformat())
    if isinstance(content, events.DocumentFiled):
        title = content.title.strip("《》")
        return say("{name} 的文件《{title}》", name=content.step or content.stage, title=title)
    return _consulted(entry)


def _consulted(entry: Entry) -> Message:
    content = entry.content
    if isinstance(content, events.RoundOpened):
        begin, end = content.begin.isoformat(), content.end.isoformat()
        return say("第{n}轮征求意见：{begin}至{end}", n=content.round, begin=begin, end=end)
    if isinstance(content, events.Commented):
        return say(
            "意见 {id}，{source}：{text}",
            id=content.comment,
            source=content.source,
            text=_short(content.text),
        )
    if isinstance(content, events.Disposed):
        return say("意见 {id}：{what}", id=content.comment, what=DISPOSITIONS[content.disposition])
    if isinstance(content, events.Amended):
        document = content.document.strip("《》")
        return say("{target} 按《{document}》调整", target=content.target, document=document)
    if isinstance(content, events.FindingAccepted):
        return say("检查发现照原文保留：{message}", message=_short(content.message))
    if isinstance(content, events.FindingReopened):
        return say("检查发现重开：{reason}", reason=content.reason)
    if isinstance(content, events.Voided):
        return say("第{n}条作废：{reason}", n=content.entry, reason=content.reason)
    assert isinstance(content, events.Milestone)
    what = {"review": say("审议"), "approve": say("审定"), "issue": say("印发")}[entry.kind]
    body = f"{content.body} {content.number or ''}".strip()
    return say("{what}：{day} {body}", what=what, day=content.on.isoformat(), body=body)


def _decided(content: events.Decided) -> Message:
    if content.decision == "keep":
        return say("确认 {item}", item=content.item)
    if content.decision == "drop":
        return say("删去 {item}", item=content.item)
    if content.decision == "add":
        return say("补上 {item}", item=content.item)
    return say("改正 {item}：{fields}", item=content.item, fields=", ".join(content.new))


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"

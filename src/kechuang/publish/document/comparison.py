"""The table of a report that sets the verdicts of all methods side by side, and says why they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kechuang.messages import say
from kechuang.progress.methods import METHODS, specs
from kechuang.publish import words

if TYPE_CHECKING:
    from kechuang.publish.document.report import Writer

#: Widths in mm: the target, and each method.
_NAME, _METHOD = 38, 20


def comparison(writer: Writer) -> None:
    """The targets that two methods or more can judge; nothing where there is none."""
    views = [view for view in writer.content.targets if view.progress.agreement.agree is not None]
    if not views:
        return
    writer.paper.body(
        writer.say(
            say("为便于对照，另按国际上通行的几种方法判断，结果并列如下"),
            say("各法的公式和门槛不同，结果不一致不等于有误，以本报告所列状态为准"),
        )
    )
    spoken = writer.content.language
    heads = [writer.t(say("目标")), *(specs()[method].short.text(spoken) for method in METHODS)]
    rows = [[writer.t(view.name), *(writer.t(one.label) for one in view.progress.methods)] for view in views]
    widths = [_NAME, *(_METHOD for _ in METHODS)]
    writer.table(say("各方法的判断"), heads, rows, widths, align="l" + "c" * len(METHODS))
    writer.paper.note("")
    for view in views:
        found = view.progress.agreement
        if found.agree is False:
            said = words.Joined([words.sentence(reason) for reason in found.why], ("", " "))
            writer.paper.note(writer.t(say("{name}：{why}", name=view.name, why=said)))

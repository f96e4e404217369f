"""A comparison as plain text and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from kechuang.messages import say
from kechuang.plan.compare import Difference, wording
from kechuang.publish.difference.rows import Row, Run, change_words, entry_rows, text_rows

#: How marks are written where there is no colour: as editors mark a manuscript, old in square brackets.
_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("[+", "+]")}


def difference_text(difference: Difference, language: str = "zh") -> bytes:
    """Everything that changed, one paragraph each; [-words-] are gone, [+words+] are new."""
    lines = [
        say("规划修改对照").text(language),
        f"A  {difference.a.title or '—'}  ({difference.a.name})",
        f"B  {difference.b.title or '—'}  ({difference.b.name})",
        wording.verdict(difference).text(language),
        *([caution.text(language)] if (caution := wording.caution(difference)) else []),
        say("[-…-] 为删去的文字，[+…+] 为新增的文字").text(language),
        "",
        *(
            f"{wording.KIND[kind].text(language)}\t"
            + "\t".join(f"{wording.CHANGE[change].text(language)} {n}" for change, n in counts.items())  # type: ignore[index]
            for kind, counts in difference.summary().items()
        ),
    ]
    for title, rows in (
        (say("一、条目"), entry_rows(difference, language)),
        (say("二、正文"), text_rows(difference, language)),
    ):
        lines += ["", title.text(language)]
        lines += [_line(at, row, language) for at, row in enumerate(rows, start=1)] or ["—"]
    return ("\n".join(lines) + "\n").encode("utf-8")


def difference_csv(difference: Difference, language: str = "zh") -> bytes:
    """One row a changed entry or paragraph: number, where, change, old, new, details."""
    heads = [say("序号"), say("类别"), say("位置"), say("变化"), say("原文"), say("新文"), say("说明")]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([head.text(language) for head in heads])
    number = 0
    for kind, rows in (
        (say("条目"), entry_rows(difference, language)),
        (say("正文"), text_rows(difference, language)),
    ):
        for row in rows:
            number += 1
            told = (_words(row.old), _words(row.new), "；".join(row.details))
            writer.writerow(
                [
                    number,
                    kind.text(language),
                    row.where,
                    change_words(row.change, language),
                    *map(harmless, told),
                ]
            )
    return ("\ufeff" + stream.getvalue()).encode("utf-8")


def harmless(words: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@") else words


def _line(number: int, row: Row, language: str) -> str:
    marked = "".join(f"{_MARKS[run.mark][0]}{run.words}{_MARKS[run.mark][1]}" for run in row.both)
    told = "".join(f"\n    {detail}" for detail in row.details)
    return f"{number}. {row.where}  〔{change_words(row.change, language)}〕\n    {marked}{told}"


def _words(runs: Sequence[Run]) -> str:
    return "".join(run.words for run in runs)

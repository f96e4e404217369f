"""The numbers of GB/T 9704-2012 that both forms of a document share, and how their tables break.

A4; margins 37/35/28/26 mm leave a core of 156 × 225 mm with 22 lines of 28 characters. House styles
differ: the numbers stand here together.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Margins in mm.
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
#: Distance of lines in points, of the body and of a title.
LINE, TITLE_LINE = 28.95, 34
#: Sizes of letters in points.
ERHAO, SANHAO, SIHAO, WUHAO, XIAOWU = 22, 16, 14, 10.5, 9
#: Rows of a table that is kept on one page: some white is better than one row alone.
SHORT = 10
#: Line pitch in twentieths of a point.
LINE_PITCH = 579
#: 28 characters of 三号 on 156 mm need 15.79 pt each: the letters are set closer by this (twentieths of
#: a point). A character grid would say the same, but a letter wider than its cell then takes two cells
#: in LibreOffice.
SQUEEZE = -5


def rows_kept(body: Sequence[Sequence[str]], merge: bool) -> set[int]:
    """The rows (0 is the head) that stay with the next: of a short table all but the last; else head
    and first, the last but one, and in a group all but its last.

    >>> sorted(rows_kept([["甲"], ["乙"], ["丙"]], merge=False))
    [0, 1, 2]
    >>> sorted(rows_kept([["甲"], [""], *([["乙"]] * 10)], merge=True))
    [0, 1, 11]
    """
    last = len(body)
    if last <= SHORT:
        return set(range(last))
    kept = {0, 1, last - 1} - {last}
    if merge:
        kept |= {at for at in range(1, last) if not body[at][0]}
    return kept


def plain_quotes(words: str) -> str:
    """Straight quotes for English: Chinese fonts set curly ones as wide as a character."""
    return words.translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'"})

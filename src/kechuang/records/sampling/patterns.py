"""Text that matches a regular expression, drawn at random: for fields that declare a ``pattern``.

Only what patterns of codes and numbers are made of is understood: characters, classes, groups,
alternatives, repetition and anchors. Anything else (look-around, back references) is told as such, so that
the declaration can say what to draw instead.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from kechuang.errors import KechuangError
from kechuang.messages import literal, say

#: Repetitions beyond the least, where a pattern sets no upper bound.
_SPARE = 4
_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"
_CLASSES = {"d": _DIGITS, "w": _DIGITS + _LETTERS, "s": " ", "D": _LETTERS, "S": _DIGITS + _LETTERS, "W": "-"}
_ANY = _DIGITS + _LETTERS
_CONTROL = {"n": "\n", "t": "\t"}

Draw = Callable[[Random], str]


def text_maker(pattern: str) -> Draw:
    """A function that draws texts matching the whole of ``pattern``.

    Raises KechuangError for a pattern with parts that are not understood.

    >>> import re
    >>> text = text_maker(r"G[RSF]20(2[0-4])\\d{8}")(Random(7))
    >>> bool(re.fullmatch(r"G[RSF]20(2[0-4])\\d{8}", text))
    True
    """
    reader = _Reader(pattern)
    draw = reader.alternatives()
    if reader.place < len(pattern):
        raise reader.refused()
    return draw


class _Reader:
    """Reads a pattern from left to right into functions that draw its parts."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0

    def refused(self) -> KechuangError:
        return KechuangError(
            "sample-pattern",
            say(
                "不会按正则表达式 {pattern} 生成示例（第{place}个字符起）",
                pattern=literal(self.pattern),
                place=self.place + 1,
            ),
            remedy=say("请在该字段的 sample 中给出 values 或 template。"),
        )

    def alternatives(self) -> Draw:
        choices = [self.sequence()]
        while self.peek() == "|":
            self.place += 1
            choices.append(self.sequence())
        return choices[0] if len(choices) == 1 else lambda random: random.choice(choices)(random)

    def sequence(self) -> Draw:
        parts: list[Draw] = []
        while self.peek() not in ("", "|", ")"):
            if self.peek() in ("^", "$"):
                self.place += 1
                continue
            parts.append(self.repeated(self.atom()))
        return lambda random: "".join(part(random) for part in parts)

    def peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise self.refused()
        self.place += 1
        return character

    def atom(self) -> Draw:
        character = self.peek()
        if character in ("*", "+", "?", "{"):
            raise self.refused()
        self.place += 1
        if character == "(":
            return self.group()
        if character == "[":
            return _one_of(self.members())
        if character == "\\":
            return _one_of(self.escaped())
        return _one_of(_ANY if character == "." else character)

    def group(self) -> Draw:
        if self.peek() == "?":
            self.place += 1
            if self.take() != ":":
                self.place -= 1
                raise self.refused()
        inner = self.alternatives()
        if self.peek() != ")":
            raise self.refused()
        self.place += 1
        return inner

    def escaped(self) -> str:
        character = self.take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character.isalnum() and character not in _CONTROL:
            self.place -= 1
            raise self.refused()
        return _CONTROL.get(character, character)

    def members(self) -> str:
        """The characters of a class in brackets."""
        excluded = self.peek() == "^"
        self.place += excluded
        found = ""
        while self.peek() != "]" or not found:
            first = self.take()
            some = self.escaped() if first == "\\" else first
            if self.peek() == "-" and self.pattern[self.place + 1 : self.place + 2] not in ("]", ""):
                self.place += 1
                last = self.take()
                some = "".join(map(chr, range(ord(some), ord(last) + 1)))
            found += some
        self.place += 1
        if excluded:
            found = "".join(character for character in _ANY if character not in found)
        if not found:
            raise self.refused()
        return found

    def repeated(self, draw: Draw) -> Draw:
        mark = self.peek()
        bounds = {"*": (0, _SPARE), "+": (1, 1 + _SPARE), "?": (0, 1)}.get(mark)
        if mark == "{":
            end = self.pattern.find("}", self.place)
            low, comma, high = self.pattern[self.place + 1 : max(end, self.place)].partition(",")
            if end < 0 or not low.isdigit() or (high and not high.isdigit()):
                raise self.refused()
            least = int(low)
            bounds = (least, int(high) if high else least + (_SPARE if comma else 0))
            self.place = end
        if bounds is None:
            return draw
        self.place += 1
        if self.peek() == "?":  # a lazy repetition matches the same texts
            self.place += 1
        least, most = bounds
        if most < least:
            raise self.refused()
        return lambda random: "".join(draw(random) for _ in range(random.randint(least, most)))


def _one_of(characters: str) -> Draw:
    return (lambda random: characters) if len(characters) == 1 else lambda random: random.choice(characters)

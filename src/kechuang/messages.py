"""User-facing text: written in Chinese, with English from the gettext catalogue.

``say("找不到文件：{file}", file=name)`` makes a :class:`Message` that renders in either
language; ``str(message)`` uses the language chosen for this run (``use_language``). The Chinese
sentence is the gettext message id, so the default language can never be incomplete; English stands
in ``locale/en/*.po`` (one file a package) and is compiled by ``make messages``. Where English changes with
a number it says both: ``{n} record{n:|s}`` is “1 record” and “2 records”.
"""

from __future__ import annotations

import gettext
import os
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")
LOCALE = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("kechuang_language", default="zh")


@dataclass(frozen=True)
class Message:
    """One sentence for people, in Chinese and English.

    >>> m = Message("找到{n}项", {"n": 8})
    >>> m.zh
    '找到8项'
    >>> Message("{n} record{n:|s} {n:is|are} due", {"n": 1}).en
    '1 record is due'
    """

    template: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def zh(self) -> str:
        return self.text("zh")

    @property
    def en(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """The sentence in ``language`` ('zh' or 'en'); nested messages follow the same language."""
        template = self.template if language == "zh" else self.english_template()
        if not self.params:
            return template
        values = {
            name: value.text(language) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        if "|" not in template:
            return template.format(**values)
        return _COUNTING.vformat(template, (), values)

    def english_template(self) -> str:
        """The English sentence with its placeholders; the Chinese one where there is none yet."""
        # The empty text is the key of the catalogue's own head.
        return _english().gettext(self.template) if self.template else ""

    def both(self) -> dict[str, str]:
        """The pair ``{"zh", "en"}`` used wherever a message goes into JSON."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return self.text(_language.get())


class _Counting(string.Formatter):
    """Format strings whose English goes by number: ``{n} record{n:|s}``, ``{n} {n:is|are} due``."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" not in format_spec:
            return str(super().format_field(value, format_spec))
        one, more = format_spec.split("|")
        return one if str(value) == "1" else more


_COUNTING = _Counting()


def say(template: str, /, **params: Any) -> Message:
    """A message from its Chinese sentence (a literal: the catalogue is checked by a test)."""
    return Message(template, params)


def literal(text: str) -> Message:
    """A message that is the same in every language (a name, a quotation)."""
    return Message("{text}", {"text": text})


@dataclass(frozen=True)
class _Dated(Message):
    """A day as it is written in sentences."""

    at: date = date.min

    def text(self, language: str) -> str:
        if language == "en":
            return f"{self.at.day} {self.at:%B} {self.at.year}"
        return f"{self.at.year}年{self.at.month}月{self.at.day}日"


def dated(day: date) -> Message:
    """A day as it is written in sentences.

    >>> dated(date(2022, 4, 7)).zh, dated(date(2022, 4, 7)).en
    ('2022年4月7日', '7 April 2022')
    """
    return _Dated("", at=day)


def language() -> str:
    """The language of this run: 'zh' unless chosen otherwise."""
    return _language.get()


def use_language(name: str) -> None:
    """Choose the language for this run or thread. An unknown name falls back to Chinese."""
    _language.set(name if name in LANGUAGES else "zh")


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Speak ``name`` inside a ``with`` block."""
    token = _language.set(name if name in LANGUAGES else "zh")
    try:
        yield
    finally:
        _language.reset(token)


def language_of_environment() -> str:
    """``KECHUANG_LANG`` if set; Chinese otherwise (the product's default)."""
    wanted = os.environ.get("KECHUANG_LANG", "")[:2].lower()
    return wanted if wanted in LANGUAGES else "zh"


@cache
def _english() -> gettext.NullTranslations:
    return gettext.translation("kechuang", LOCALE, languages=["en"], fallback=True)

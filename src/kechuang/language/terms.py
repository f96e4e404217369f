"""The dictionary of terms: what plans speak of, in Chinese and English, and the ways it is written.

Plans write one thing in many ways (研发投入强度, R&D经费支出占GDP的比重, …). ``data/terms.yaml`` lists them;
``terms_in`` finds them in a text, so that two texts can be held against each other by what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kechuang.language.fold import fold

_PART = re.compile(r"<(\w+)>")
_CHOICE = re.compile(r"\(([^()]*)\)(\?)?|([^()|?])\?")
#: Forms begin with at least so many signs that the index can be built on them.
_HEAD = 2
#: Small letters for capital ones, sign by sign (``str.lower`` makes two of some).
_SMALL = str.maketrans({code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


@dataclass(frozen=True)
class Term:
    """A thing plans speak of. ``forms`` are all ways of writing it, folded, ``zh`` first, without white space.

    ``slips`` are those of the forms that are no accepted name of it.
    """

    id: str
    zh: str
    en: str
    forms: tuple[str, ...]
    slips: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A term at characters ``start``–``end`` of a text, written as ``form`` (one of the term's forms)."""

    term: Term
    start: int
    end: int
    form: str


@cache
def all_terms() -> tuple[Term, ...]:
    """Every term of the dictionary, in its order; read once a process."""
    return tuple(_read())


def term(name: str) -> Term:
    """The term with the id ``name``; raises KeyError where there is none.

    >>> term("high_tech_enterprise").zh
    '高新技术企业'
    """
    return _by_id()[name]


def terms_in(text: str) -> list[Found]:
    """The terms of ``text`` from left to right, the longest form first, none inside another.

    ``text`` may be as written or folded (``kechuang.language.fold``): characters count the same. Spaces inside a
    form do not matter; a line break or tab ends it. Linear in the length of the text.

    >>> [(f.term.id, f.start, f.end) for f in terms_in("全社会R&D 经费支出占GDP的比重达到2.8%，高企达80家")]
    [('rd_intensity', 3, 18), ('high_tech_enterprise', 25, 27)]
    >>> [f.form for f in terms_in("科技型中小企业、中小企业")]
    ['科技型中小企业', '中小企业']
    """
    folded = fold(text).translate(_SMALL)
    places = [position for position, sign in enumerate(folded) if sign != " "]
    dense = folded.replace(" ", "")
    index = _index()
    found: list[Found] = []
    position, last = 0, len(dense) - _HEAD
    while position <= last:
        for length, forms in index.get(dense[position : position + _HEAD], ()):
            stop = position + length
            known = forms.get(dense[position:stop])
            if known is not None and _whole(dense, position, stop):
                written, of = known
                found.append(Found(of, places[position], places[stop - 1] + 1, written))
                position = stop - 1
                break
        position += 1
    return found


def same_term(one: str, other: str) -> bool:
    """Whether two names are forms of one term.

    >>> same_term("研发投入强度", "R&D经费支出占地区生产总值比重"), same_term("高企", "中小企业")
    (True, False)
    """
    first, second = term_of(one), term_of(other)
    return first is not None and first == second


def term_of(name: str) -> Term | None:
    """The term that ``name`` as a whole is a form of, or None.

    >>> term_of("R&D 人员全时当量").id
    'rd_fte'
    """
    return _by_form().get(_dense(name))


def _dense(text: str) -> str:
    return "".join(fold(text).translate(_SMALL).split())


def _whole(text: str, start: int, stop: int) -> bool:
    """Whether letters at the ends of ``text[start:stop]`` are whole words: GDP is no part of GDPR."""
    before, after = text[start - 1 : start], text[stop : stop + 1]
    return not (_latin(before) and _latin(text[start])) and not (_latin(after) and _latin(text[stop - 1]))


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


@cache
def _by_id() -> dict[str, Term]:
    return {found.id: found for found in all_terms()}


@cache
def _by_form() -> dict[str, Term]:
    return {form.translate(_SMALL): found for found in all_terms() for form in found.forms}


@cache
def _index() -> dict[str, tuple[tuple[int, dict[str, tuple[str, Term]]], ...]]:
    """Forms by their first two signs, then by length, the longest first."""
    heads: dict[str, dict[int, dict[str, tuple[str, Term]]]] = {}
    for found in all_terms():
        for form in found.forms:
            small = form.translate(_SMALL)
            heads.setdefault(small[:_HEAD], {}).setdefault(len(small), {}).setdefault(small, (form, found))
    return {head: tuple(sorted(lengths.items(), reverse=True)) for head, lengths in heads.items()}


def _read() -> Iterator[Term]:
    from ruamel.yaml import YAML

    source = resources.files("kechuang.language") / "data" / "terms.yaml"
    content = YAML(typ="safe").load(source.read_text("utf-8"))
    parts = {name: f"({'|'.join(forms.split())})" for name, forms in content["parts"].items()}
    for name, entry in content["terms"].items():
        slips = _forms(entry.get("slips", ""), parts)
        forms = [entry["zh"], *_forms(entry.get("forms", ""), parts), *slips]
        yield Term(name, entry["zh"], entry["en"], tuple(dict.fromkeys(forms)), tuple(slips))


def _forms(text: str, parts: dict[str, str]) -> list[str]:
    found: list[str] = []
    for pattern in text.split():
        whole = pattern
        while _PART.search(whole):
            whole = _PART.sub(lambda match: parts[match[1]], whole)
        found += _expanded(whole)
    return found


def _expanded(pattern: str) -> list[str]:
    """Every text a pattern of ``(a|b|)`` and ``a?`` stands for, innermost brackets first."""
    waiting, found = [pattern], []
    while waiting:
        whole = waiting.pop()
        match = _CHOICE.search(whole)
        if match is None:
            found.append(whole)
            continue
        choices = [match[3]] if match[3] else match[1].split("|")
        choices += [""] if match[2] or match[3] else []
        head, tail = whole[: match.start()], whole[match.end() :]
        waiting += [head + choice + tail for choice in reversed(choices)]
    return found


__all__ = ["Found", "Term", "all_terms", "same_term", "term", "term_of", "terms_in"]

"""Opens XML from outside without trusting it: no document type, no entities, nothing fetched, no huge texts."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lxml import etree

from kechuang.errors import KechuangError, Place
from kechuang.messages import say


def elements(content: bytes, file: str) -> Iterator[tuple[str, etree._Element]]:
    """("start"|"end", element) through the document, in order.

    What was handled may be cleared by the caller. Raises KechuangError for a document that is not well formed,
    or that has a document type (entities that multiply, files read from the disk: never in such a message).
    """
    reading = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    try:
        for event, element in reading:
            if first and element.getroottree().docinfo.internalDTD is not None:
                raise KechuangError(
                    "exchange-unreadable",
                    say("XML带有文档类型声明（DOCTYPE），可能展开出恶意内容，未读取"),
                    place=Place(file=file),
                    remedy=say("请向提供者索取不带DOCTYPE的文件。"),
                )
            first = False
            yield event, element
    except etree.XMLSyntaxError as error:
        raise KechuangError(
            "exchange-unreadable",
            say("XML格式有误：{problem}", problem=error.msg or ""),
            place=Place(file=file, line=error.lineno),
        ) from None


def root_of(content: bytes, file: str) -> etree._Element:
    """The first element, for telling what a document is."""
    return next(elements(content, file))[1]


def local(element: etree._Element) -> str:
    """The name without its namespace (QName refuses names of damaged documents that the parser lets pass)."""
    return str(element.tag).rpartition("}")[2]


def space(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def line_of(element: etree._Element) -> int | None:
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def forget(element: etree._Element) -> None:
    """Give back the memory of an element that was handled, and of those before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]

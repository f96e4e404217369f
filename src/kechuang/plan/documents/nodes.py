"""Small questions to WordprocessingML elements, by local name: so transitional and strict files read alike."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree


def name(element: etree._Element) -> str:
    """The element's name without namespace; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of that name, then its first child of the next name …"""
    for step in path:
        if element is None:
            return None
        element = next((part for part in element if name(part) == step), None)
    return element


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """The children of these names."""
    if element is not None:
        yield from (part for part in element if name(part) in names)


def value(element: etree._Element | None, key: str = "val") -> str | None:
    """The attribute ``key`` in whatever namespace."""
    if element is None:
        return None
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == key), None)


def whole(element: etree._Element | None, key: str = "val") -> int | None:
    """The attribute ``key`` as a whole number from 0 to 99999, else None."""
    text = value(element, key)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 5 else None


def on(element: etree._Element | None) -> bool:
    """Whether a switch such as ``<w:vanish/>`` is there and not turned off."""
    return element is not None and (value(element) or "1").lower() not in ("0", "false", "off", "none")

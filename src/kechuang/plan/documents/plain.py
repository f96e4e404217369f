"""Plain text and its encodings."""

from __future__ import annotations

import codecs

from kechuang.plan.documents.document import Writer

#: Encodings a page may declare and be believed; others are declared by mistake.
_DECLARED = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def write_plain(data: bytes, writer: Writer) -> None:
    """The text exactly as it stands in the file, each line a paragraph; only CR LF becomes LF.

    Raises UnicodeDecodeError where it is in none of the encodings of ``decoded``, or is no text at all.
    """
    text = decoded(data)
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", data[:1], 0, 1, "binary content")
    for line in text.replace("\r\n", "\n").split("\n"):
        writer.line(line)


def decoded(data: bytes, declared: str | None = None) -> str:
    """Text from bytes: by byte-order mark, then as ``declared``, then UTF-8, then GB18030 (with GBK, GB 2312).

    >>> decoded("科技创新".encode("gb2312"))
    '科技创新'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    trusted = _DECLARED.get((declared or "").strip().lower(), "utf-8")
    for encoding in (trusted, "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue  # not what it says it is
    return data.decode("gb18030")

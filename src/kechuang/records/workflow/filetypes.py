"""What a file is, told by its content: the few kinds taken as evidence, and why another is refused.

Programs, scripts, web pages, archives and documents with macros are refused; so is a file whose name
says another kind than its content, and one that was cut off.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from kechuang.messages import Message, say

#: Suffixes of each kind taken; the first is the one it is kept under.
KINDS = {
    "pdf": (".pdf",),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
    "jpg": (".jpg", ".jpeg"),
    "png": (".png",),
    "txt": (".txt",),
    "csv": (".csv",),
}
#: A document that unpacks to more bytes than this, and to so many times its size, is made to fill a memory.
MOST_UNPACKED, SWELLING = 64 * 2**20, 100
_PDF_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_SCRIPT = re.compile(
    r"^\s*(?:#!|<\?|<!doctype|<html|<svg|<script|@echo\b|powershell\b|Set-ExecutionPolicy)|<script[\s>]|javascript:",
    re.IGNORECASE,
)
_MACROS = re.compile(r"vbaProject|macrosheets/|activeX/|\.bin$|\.exe$|\.dll$|\.js$|\.vbs$", re.IGNORECASE)
#: Parts of a workbook or document that end in .bin and hold settings of a printer, nothing that runs.
_HARMLESS = re.compile(r"printerSettings\d*\.bin$", re.IGNORECASE)


class NotEvidence(Exception):
    """A file that is not taken; ``message`` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.zh)
        self.message = message


def kind_of(content: bytes, suffix: str) -> str:
    """The kind of a file, one of ``KINDS``. Raises :class:`NotEvidence`.

    >>> kind_of(b"%PDF-1.7 ... %%EOF", ".pdf")
    'pdf'
    """
    if not content.strip():
        raise NotEvidence(say("文件是空的"))
    kind = _kind(content, suffix.lower())
    if suffix.lower() not in KINDS[kind]:
        raise NotEvidence(say("文件名的后缀是“{suffix}”，内容却是{kind}", suffix=suffix, kind=kind))
    return kind


def _kind(content: bytes, suffix: str) -> str:
    for magic, check in _MAGIC:
        if content.startswith(magic):
            return check(content)
    if content.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa")):
        raise NotEvidence(say("这是程序，不能作佐证材料"))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotEvidence(say("这是旧版Office文件，可能带宏：请另存为 .docx、.xlsx 或 PDF"))
    return _text(content, suffix)


def _pdf(content: bytes) -> str:
    if b"%%EOF" not in content[-2048:]:
        raise NotEvidence(say("文件不完整，可能没有传完"))
    if _PDF_RUNS.search(content):
        raise NotEvidence(say("PDF中带有脚本或内嵌文件，请另存为普通PDF"))
    return "pdf"


def _jpg(content: bytes) -> str:
    if b"\xff\xd9" not in content[-64:]:
        raise NotEvidence(say("文件不完整，可能没有传完"))
    return "jpg"


def _png(content: bytes) -> str:
    if b"IEND" not in content[-64:]:
        raise NotEvidence(say("文件不完整，可能没有传完"))
    return "png"


def _office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise NotEvidence(say("文件设有密码，请去掉密码后再附"))
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > MOST_UNPACKED and unpacked > len(content) * SWELLING:
                raise NotEvidence(say("文件解开后大得反常，不能作佐证材料"))
            types = b""
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as stream:
                    types = stream.read(2**20)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        raise NotEvidence(say("文件不完整，可能没有传完")) from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise NotEvidence(say("文件不完整，可能没有传完")) from None
        raise
    if b"macroEnabled" in types or any(_MACROS.search(n) and not _HARMLESS.search(n) for n in names):
        raise NotEvidence(say("文件带有宏或内嵌程序，请另存为不带宏的 .docx、.xlsx 或 PDF"))
    if types and "word/document.xml" in names:
        return "docx"
    if types and "xl/workbook.xml" in names:
        return "xlsx"
    raise NotEvidence(say("这是压缩包，请附其中的文件本身"))


def _text(content: bytes, suffix: str) -> str:
    if suffix in (".txt", ".csv") and b"\0" not in content:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _SCRIPT.search(text):
                raise NotEvidence(say("文件里是脚本或网页，不能作佐证材料"))
            return suffix.removeprefix(".")
    allowed = "、".join(one for names in KINDS.values() for one in names)
    raise NotEvidence(say("不是可作佐证的文件；可用的有：{allowed}", allowed=allowed))


_MAGIC: tuple[tuple[bytes, Callable[[bytes], str]], ...] = (
    (b"%PDF-", _pdf),
    (b"\xff\xd8\xff", _jpg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"PK\x03\x04", _office),
)

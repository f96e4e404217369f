"""Opens a document file, refuses what cannot be read with the way to mend it, and gives its text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kechuang.errors import KechuangError, Place, system_trouble
from kechuang.messages import Message, say
from kechuang.plan.documents.document import Document, Writer
from kechuang.plan.documents.plain import write_plain

#: A plan is text: nothing near this size is one.
LARGEST = 100 * 1024 * 1024
SUFFIXES = {".txt": "text", ".docx": "word", ".pdf": "pdf", ".html": "page", ".htm": "page"}
_PDF = b"%PDF-"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_document(path: str | Path, progress: Callable[[int, int], None] | None = None) -> Document:
    """The text and blocks of a plan document: .txt, .docx, .pdf, .html.

    ``progress`` hears how many pages of how many are read, where the format has pages (PDF).
    Raises KechuangError with one of the codes file-missing, not-a-file, file-unreadable, file-empty,
    file-too-large, unknown-format, unknown-encoding, document-damaged, document-encrypted,
    document-scanned, document-too-complex, zip-bomb, document-no-text.
    """
    path = Path(path)
    data = _content(path)
    kind = _kind(path, data)
    writer = Writer()
    if kind == "word":
        from kechuang.plan.documents.word import write_word

        write_word(data, writer, Place(file=str(path)))
    elif kind == "pdf":
        from kechuang.plan.documents.pdf import write_pdf

        write_pdf(data, writer, Place(file=str(path)), progress)
    elif kind == "page":
        from kechuang.plan.documents.page import write_page

        _decoding(path, lambda: write_page(data, writer, Place(file=str(path))))
    else:
        _decoding(path, lambda: write_plain(data, writer))
    if not any(block.end > block.start for block in writer.blocks):
        raise _error(
            path,
            "document-no-text",
            say("文件中没有文字"),
            say("如果是扫描件，请先做文字识别（OCR），再保存为docx或txt。"),
        )
    return writer.document(path.name)


def _content(path: Path) -> bytes:
    """The bytes of the file; an error where there is none, or none worth reading."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise _error(
                path,
                "file-too-large",
                say(
                    "文件有{size} MB，超过上限{limit} MB",
                    size=round(size / 2**20),
                    limit=LARGEST // 2**20,
                ),
                say("规划文本通常不足10 MB；请删去图片，或另存为txt。"),
            )
        data = path.read_bytes()
    except IsADirectoryError:
        raise _error(
            path, "not-a-file", say("这是一个文件夹，不是文件"), say("请给出文件夹中的规划文本。")
        ) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise _error(path, "file-missing", say("找不到这个文件"), say("请核对文件名和所在文件夹。")) from None
    except OSError as error:
        raise _error(
            path,
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            say("请核对文件的读取权限，并关闭正在使用它的程序。"),
        ) from None
    if not data:
        raise _error(path, "file-empty", say("文件是空的"), say("请重新取得或保存文件。"))
    return data


def _kind(path: Path, data: bytes) -> str:
    """'text', 'word', 'pdf' or 'page', by the suffix; refuses what the content shows to be something else."""
    suffix = path.suffix.lower()
    if data.startswith(_PDF) and suffix != ".pdf":
        raise _error(
            path,
            "unknown-format",
            say("文件名以“{suffix}”结尾，内容却是PDF", suffix=suffix or path.name),
            say("请把文件名的结尾改成.pdf后再读。"),
        )
    if suffix == ".pdf" and _PDF not in data[:1024]:  # as readers do, which forgive what stands before it
        raise _error(
            path,
            "document-damaged",
            say("文件名以.pdf结尾，内容却不是PDF，或已损坏"),
            say("请重新取得文件；如能用PDF阅读器打开，请另存（打印）为新的PDF后再读。"),
        )
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise _error(
            path,
            "document-encrypted",
            say("文件加了打开密码"),
            say("请用WPS或Word打开，取消密码后另存为.docx。"),
        )
    if data.startswith(_OLE) or suffix in (".doc", ".wps"):
        raise _error(
            path,
            "unknown-format",
            say("这是旧格式的Word或WPS文件；本版本读txt、docx、pdf和html"),
            say("请用WPS或Word打开它，另存为.docx后再读。"),
        )
    if suffix not in SUFFIXES:
        raise _error(
            path,
            "unknown-format",
            say("不读“{suffix}”文件；本版本读txt、docx、pdf和html", suffix=suffix or path.name),
            say("请另存为.docx、.pdf或.txt后再读。"),
        )
    return SUFFIXES[suffix]


def _decoding(path: Path, write: Callable[[], None]) -> None:
    try:
        write()
    except UnicodeDecodeError:
        raise _error(
            path,
            "unknown-encoding",
            say("读不出文字：不是UTF-8、UTF-16（带BOM）或GB18030编码的文本"),
            say("请用记事本或WPS打开，另存为UTF-8编码的txt，或另存为.docx。"),
        ) from None


def _error(path: Path, code: str, message: Message, remedy: Message) -> KechuangError:
    return KechuangError(code, message, place=Place(file=str(path)), remedy=remedy)

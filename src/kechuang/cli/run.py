"""Starts a command: chooses the language, and turns every error of the user into a clear sentence."""

from __future__ import annotations

import json
import os
import sys
from typing import NoReturn

from kechuang.errors import KechuangError
from kechuang.messages import LANGUAGES, language_of_environment, say, use_language


def main() -> NoReturn:
    """The ``kechuang`` command."""
    _speak_utf8()
    use_language(_language(sys.argv[1:]))
    from kechuang.cli.app import app

    sys.exit(_run(app))


def _run(app: object) -> int:
    arguments = sys.argv[1:]
    try:
        app(prog_name="kechuang", standalone_mode=True)  # type: ignore[operator]
    except KechuangError as error:
        _tell(error, as_json="--json" in arguments)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{say('已中断；没有写完的内容未保存。')}\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        trouble = say(
            "无法读写 {file}：{problem}", file=error.filename or "", problem=error.strerror or str(error)
        )
        remedy = say("请检查路径、权限和磁盘空间。")
        _tell(KechuangError("file-trouble", trouble, remedy=remedy), as_json="--json" in arguments)
        return 1
    return 0


def _tell(error: KechuangError, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(error.as_dict(), ensure_ascii=False, indent=2))  # noqa: T201
    from kechuang.cli.show import show_error

    show_error(error)


def _language(arguments: list[str]) -> str:
    """``--lang`` wherever it stands; else the environment's, else Chinese."""
    for position, argument in enumerate(arguments):
        name = argument.removeprefix("--lang=") if argument.startswith("--lang=") else ""
        if argument == "--lang" and position + 1 < len(arguments):
            name = arguments[position + 1]
        if name in LANGUAGES:
            return name
    return language_of_environment()


def _speak_utf8() -> None:
    """Chinese on any terminal: what it cannot show is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            if stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968"):
                reconfigure(encoding="utf-8")
            reconfigure(errors="replace")

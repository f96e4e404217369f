"""Starts a command: chooses the language, and turns every error of the user into a clear sentence."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

from kechuang.errors import KechuangError, Place, system_trouble
from kechuang.messages import LANGUAGES, language_of_environment, say, use_language

INTERRUPTED = 130


def main() -> NoReturn:
    """The ``kechuang`` command."""
    _speak_utf8()
    use_language(_language(sys.argv[1:]))
    from kechuang.cli.app import app

    sys.exit(_run(app))


def _run(app: typer.Typer) -> int:
    as_json = "--json" in sys.argv[1:]
    try:
        status = app(prog_name="kechuang", standalone_mode=False)
        sys.stdout.flush()
    except KechuangError as error:
        return _tell(error, as_json=as_json)
    except typer.TyperException as error:
        from kechuang.cli.usage import show_usage

        return show_usage(error)
    except KeyboardInterrupt:
        return _interrupted()
    except typer.Abort:  # a prompt that was left, or that has nobody to answer it
        problem = say("没有得到回答，未做任何改动")
        return _tell(KechuangError("no-answer", problem, remedy=say("请把所问的内容写成命令的选项，见 -h。")))
    except BrokenPipeError:
        _silence(sys.stdout.fileno())
        return 0
    except OSError as error:
        return _tell(_system(error), as_json=as_json)
    except Exception as error:
        if not _of_database(error):
            raise
        return _tell(_database(error), as_json=as_json)
    status = status if isinstance(status, int) else 0
    return _interrupted() if status == INTERRUPTED else status


def _interrupted() -> int:
    sys.stderr.write(f"\n{say('已中断；没有写完的内容未保存。')}\n")
    return INTERRUPTED


def _system(error: OSError) -> KechuangError:
    if error.filename is None:
        text = say("输出写不出去：{problem}", problem=system_trouble(error))
        return KechuangError("file-trouble", text, remedy=say("请检查磁盘空间和输出的去处。"))
    return KechuangError(
        "file-trouble",
        say("文件不能读写：{problem}", problem=system_trouble(error)),
        place=Place(file=str(error.filename)),
        remedy=say("请检查路径、权限和磁盘空间。"),
    )


def _of_database(error: Exception) -> bool:
    """Whether a database raised it; Django is there only where a command opened one."""
    known = getattr(sys.modules.get("django.db.utils"), "DatabaseError", None)
    return known is not None and isinstance(error, known)


def _database(error: Exception) -> KechuangError:
    from kechuang.cli.app import workspace
    from kechuang.records.database import trouble

    ws = workspace()
    return trouble(error, Path(ws.folder / "kechuang.db") if ws.settings.database == "sqlite" else None)


def _tell(error: KechuangError, *, as_json: bool = False) -> int:
    from kechuang.cli.show import show_error

    show_error(error)
    if as_json:
        try:
            print(json.dumps(error.as_dict(), ensure_ascii=False, indent=2), flush=True)  # noqa: T201
        except OSError:  # it is the output that cannot be written
            _silence(sys.stdout.fileno())
    elif error.code == "file-trouble" and error.place.file is None:
        _silence(sys.stdout.fileno())
    return 1


def _silence(stream: int) -> None:
    """What is still to be written to ``stream`` goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


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

"""kechuang serve: the office on a web page."""

from __future__ import annotations

from typing import Annotated

import typer

from kechuang.cli.app import command, workspace
from kechuang.cli.show import show_line
from kechuang.errors import KechuangError
from kechuang.messages import say


@command("serve")
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help=str(say("监听的地址；0.0.0.0 为所有网卡")))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help=str(say("端口")))] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help=str(say("服务进程数")))
    ] = 1,
) -> None:
    from kechuang.web.serving import serve as run

    folder = workspace().folder
    _free(host, port)
    run(
        folder,
        host,
        port,
        workers,
        lambda address: show_line(say("网站已启动：{address}（按 Ctrl+C 停止）", address=address)),
    )


def _free(host: str, port: int) -> None:
    """Refuse in plain words an address that is taken or not this machine's."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise KechuangError(
                "port-taken",
                say("不能在 {host}:{port} 上启动网站：端口已被占用，或地址不是本机的", host=host, port=port),
                remedy=say("请用 --port 换一个端口，或先停止占用它的程序。"),
            ) from None

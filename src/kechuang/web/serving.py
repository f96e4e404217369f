"""Serves the site: gunicorn with threads where there is one, the library's own server elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from kechuang.web import oidc, sharing
from kechuang.web.site import ANY, application, open_site


def serve(folder: Path, host: str, port: int, workers: int, ready: Callable[[str], None]) -> None:
    """Serve the workspace in ``folder`` until interrupted; ``ready`` gets the address once it can be opened."""
    shown = f"[{host}]" if ":" in host else host
    workspace = open_site(folder, (host,) if host not in ("0.0.0.0", "::") else (ANY,))
    oidc.equipped(workspace.settings.oidc)
    sharing.begin(folder.resolve())
    app = application()
    import_module("kechuang.web.reads").recover()
    import_module("kechuang.web.urls")  # before anybody waits for a page, and once for all workers
    address = f"http://{shown}:{port}/"
    if sys.platform == "win32":
        _plain(app, host, port, lambda: ready(address))
    else:
        _gunicorn(app, f"{shown}:{port}", workers, lambda: ready(address))


def _plain(app: Any, host: str, port: int, ready: Callable[[], None]) -> None:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIServer, make_server

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    with make_server(host, port, app, server_class=Server) as server:
        _threads()
        ready()
        server.serve_forever()


def _gunicorn(app: Any, bind: str, workers: int, ready: Callable[[], None]) -> None:
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": bind,
                "workers": workers,
                "threads": 16,
                "worker_class": "gthread",
                "timeout": 120,
                "graceful_timeout": 20,
                "keepalive": 15,
                "backlog": 2048,
                "worker_connections": 1000,
                "accesslog": None,
                "loglevel": "warning",
                "preload_app": True,
                "post_fork": _forked,
                "when_ready": lambda _: ready(),
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    Site().run()


def _forked(server: Any, worker: Any) -> None:
    """A worker opens its own connections: those of the parent must not be shared."""
    from django.db import connections

    for alias in list(connections.settings):
        if hasattr(connections._connections, alias):  # type: ignore[attr-defined]
            delattr(connections._connections, alias)  # type: ignore[attr-defined]
    _threads()


def _threads() -> None:
    """Every process that serves also carries notices and computes ahead."""
    from kechuang.web import ahead
    from kechuang.web.hooks import courier

    courier.start()
    ahead.start()

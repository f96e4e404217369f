"""Makes a Django site of one workspace: settings, database, key, and the WSGI application."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.workspace import Workspace

HERE = Path(__file__).parent
KEY = "secret.key"
#: An upload may be this large at most (bytes); what does not fit in memory goes to a temporary file.
UPLOAD = 60 * 1024 * 1024
#: Any name, where the site listens on every network card and nobody said how it is called.
ANY = "*"
#: A session ends after so many seconds without a request.
SESSION = 8 * 3600


def open_site(folder: Path, hosts: tuple[str, ...] = ()) -> Workspace:
    """The workspace in ``folder``, with Django ready to serve it. Once a process; KechuangError after that
    for another folder."""
    from django.conf import settings

    from kechuang.workspace import Workspace

    workspace = Workspace.open(folder)
    if settings.configured:
        if getattr(settings, "KECHUANG_FOLDER", None) != workspace.folder:
            raise KechuangError(
                "site-taken",
                say("本进程已在运行另一个工作区的网站"),
                remedy=say("请在单独的进程中运行。"),
            )
    else:
        settings.configure(**_settings(workspace, hosts))
    from kechuang.web.router import WorkspaceRouter
    from kechuang.web.workspaces import hold

    WorkspaceRouter.alias = workspace.store.alias
    hold(workspace)
    return workspace


def application() -> Any:
    """The WSGI application of the site opened before."""
    from django.core.wsgi import get_wsgi_application

    from kechuang.web.arriving import whole

    return whole(get_wsgi_application())


def _settings(workspace: Workspace, hosts: tuple[str, ...]) -> dict[str, Any]:
    secure = workspace.settings.https
    local = ("localhost", "127.0.0.1", "[::1]")
    named = workspace.settings.hosts
    if named:  # whoever says what the site is called has it answer to that alone
        hosts = tuple(one for one in hosts if one != ANY)
    return {
        "KECHUANG_FOLDER": workspace.folder,
        "SECRET_KEY": _key(workspace.folder),
        "DEBUG": False,
        "ALLOWED_HOSTS": [*local, *hosts, *named],
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "django_htmx",
            "kechuang.records",
            "kechuang.web",
        ],
        "MIDDLEWARE": [
            "kechuang.web.guards.policy",
            "django.middleware.security.SecurityMiddleware",
            "kechuang.web.statics.Statics",
            "django.middleware.gzip.GZipMiddleware",
            "kechuang.web.guards.bounded",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "kechuang.web.guards.seen",
            "kechuang.web.guards.speaking",
            "kechuang.web.guards.set_up_first",
            "kechuang.web.guards.kept",
            "kechuang.web.once.once",
            "django_htmx.middleware.HtmxMiddleware",
        ],
        "ROOT_URLCONF": "kechuang.web.urls",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "OPTIONS": {
                    "builtins": ["kechuang.web.templatetags.kechuang"],
                    "context_processors": ["kechuang.web.frame.frame"],
                },
            }
        ],
        "DATABASES": {},
        "DATABASE_ROUTERS": ["kechuang.web.router.WorkspaceRouter"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "AUTH_USER_MODEL": "web.User",
        "AUTHENTICATION_BACKENDS": ["kechuang.web.accounts.doors.Password"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 10},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        ],
        "LOGIN_URL": "/login/",
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Shanghai",
        "USE_I18N": False,
        "LANGUAGE_CODE": "zh-hans",
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_MAX_AGE": 3600,
        "SESSION_COOKIE_AGE": SESSION,
        "SESSION_SAVE_EVERY_REQUEST": False,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_NAME": "kechuang",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "kechuang.web.troubles.csrf",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31536000 if secure else 0,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if secure else None,
        "X_FRAME_OPTIONS": "DENY",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2 * 1024 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 2 * 1024 * 1024,
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
        },
    }


def _key(folder: Path) -> str:
    """The site's secret, made at the first start and readable by its owner only."""
    path = folder / KEY
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        text = path.read_text("ascii", errors="replace").strip()
        if len(text) < 40:
            raise KechuangError(
                "site-key",
                say("网站密钥文件不完整"),
                place=Place(file=str(path)),
                remedy=say("请删去它后重新启动；已登录的人需要重新登录。"),
            ) from None
        return text
    with os.fdopen(handle, "w") as stream:
        text = secrets.token_urlsafe(48)
        stream.write(text)
    return text

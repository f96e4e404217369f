"""Writes docs/reference/api.md from the register of operations: python scripts/api_reference.py"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "api.md"
HEAD = """<!-- 由 scripts/api_reference.py 写成，请勿手改 -->

# 接口 API

用法见[用接口读数据和报送](../how-to/use-the-api.md)。完整的参数和答复格式在 `/api/openapi.json`。 · How to use it is told in
[Use the API](../how-to/use-the-api.md); parameters and answers in full are in `/api/openapi.json`.
"""
TAIL = """
## 错误 Errors

每个错误都是 `{"code", "message": {"zh", "en"}, "remedy", "faults": […]}`；`faults` 各条有 `code`、`severity`、`message` 和
`file`、`sheet`、`row`、`column`、`field`、`line` 中知道的。 · Every error has this form; each fault names its place as far as known.

| 状态 status | `code` | 何时 when |
|---|---|---|
| 400 | `request-malformed` | 请求读不懂 · the request cannot be read |
| 401 | `token-needed`, `token-unknown` | 没有令牌，或令牌无效、过期、已撤销 · no token, or one that opens nothing |
| 403 | `not-yours`, `scope-missing`, `csrf` | 角色或用途不够；会话写操作缺 X-CSRFToken · role or scope does not allow it; a session writes without X-CSRFToken |
| 404 | `not-found` | 没有，或不归您的账号查看 · not there, or not yours to see |
| 405 | `method-not-allowed` | 这个地址没有这种操作 · no such operation here |
| 422 | `parameter-invalid`, `import-faults`, … | 参数或文件不合要求；其余代码见[错误代码](errors.md) · parameters or file are at fault; other codes are on the page of errors |
| 429 | `too-often` | 过于频繁，`Retry-After` 为该等的秒数 · too many calls; wait `Retry-After` seconds |
| 500 | `server-error` | 我们的错，已记下 · our fault, recorded |

## 限额 Limits

每个来源（令牌、登录的账号或地址）每分钟 `[web] api_per_minute` 次（缺省 120），按服务进程计，匀速恢复。上表“次数”是一次调用算几次；
问今天以外的某一天另加 9 次。 · Each caller (token, account or address) has `[web] api_per_minute` calls a minute (default 120), by
process, refilled evenly. “Counts” is what a call takes; asking about a day other than today takes 9 more.

## 新旧 Freshness

算出来的答复带 `as_of` 和 `fresh`。`fresh` 为 `false`：记录刚有变化，新的结果正在算，这是变化前的。 · Computed answers carry `as_of` and
`fresh`; `fresh: false` says that records have just changed and this is the state before, while the new one is computed.

## 通知 Notices

请求头 headers: `X-Kechuang-Event`, `X-Kechuang-Delivery`, `X-Kechuang-Signature: t=SECONDS,v1=HEX`
（HMAC-SHA256，密钥签 `SECONDS.正文` · by the secret over `SECONDS.BODY`）。正文 body:
`{"event", "id", "at", "data"}`。

| `event` | `data` |
|---|---|
| `batch.submitted`, `batch.accepted`, `batch.returned` | `batch`, `type`, `state`, `rows`, `nature`, `href` |
| `publication` | `publication`, `kind`, `language`, `as_of`, `figures` |
| `warning.raised` | `subject`, `level`, `change` (`raised`, `worsened`), `day` |
| `ping` | – |
"""


def main() -> None:
    apps = ["django.contrib.contenttypes", "django.contrib.auth", "kechuang.records", "kechuang.web"]
    more: dict[str, Any] = {"AUTH_USER_MODEL": "web.User", "USE_TZ": True, "DATABASES": {}}
    settings.configure(INSTALLED_APPS=apps, **more)
    django.setup()
    from kechuang.web.api import interface
    from kechuang.web.api.endpoints import ENDPOINTS, GROUPS

    lines = [HEAD]
    for group in GROUPS:
        lines += [
            f"## {interface.both(group)}\n",
            "| 操作 | 内容 | 谁能用 | 用途 scope | 次数 counts |",
            "|---|---|---|---|---|",
        ]
        for one in ENDPOINTS:
            if one.group == group:
                roles = "公开 public" if one.public else ", ".join(sorted(one.sees))
                about = f"`{one.method} /api/{one.route}` | {interface.both(one.about)}"
                lines.append(f"| {about} | {roles} | `{one.scope}` | {one.cost} |")
        lines.append("")
    PAGE.write_text("\n".join(lines) + TAIL, "utf-8")


if __name__ == "__main__":
    main()

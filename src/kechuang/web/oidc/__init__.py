"""Logging in through the office's own identity provider (OpenID Connect): off unless ``[oidc]`` names one.

The authorization code flow with PKCE. The provider says who somebody is; which accounts there are and what they may
do stays ours. Nothing is asked of any other machine before somebody presses the button.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.settings import Oidc


def equipped(oidc: Oidc | None) -> None:
    """Refuse in plain words to serve with ``[oidc]`` where what it needs is not there."""
    if oidc is None:
        return
    if find_spec("joserfc") is None:
        raise KechuangError(
            "oidc-missing",
            say("kechuang.toml 设了 [oidc]，但没有安装统一身份认证组件"),
            remedy=say("请运行 pip install 'kechuang[oidc]'，或去掉 [oidc]。"),
        )
    if oidc.secret_env and not os.environ.get(oidc.secret_env):
        raise KechuangError(
            "oidc-secret",
            say("kechuang.toml 设了 [oidc]，但环境变量 {name} 中没有客户端密钥", name=oidc.secret_env),
            remedy=say('请设好这个环境变量后重试；客户端没有密钥的，写 secret_env = ""。'),
        )

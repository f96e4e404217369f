"""Sends letters by SMTP, one connection for all of them; what a server objects to is told in words."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from kechuang.errors import KechuangError, system_trouble
from kechuang.messages import literal, say
from kechuang.settings import Mail

#: Seconds to wait for an answer of the server.
PATIENCE = 30


@dataclass(frozen=True)
class Letter:
    """A letter to the addresses of one office."""

    to: tuple[str, ...]
    subject: str
    text: str


def send(
    mail: Mail,
    sender: str,
    letters: Iterable[Letter],
    sent: Callable[[Letter], None],
    *,
    at: datetime,
) -> int:
    """Send letters from the office called ``sender``; ``sent`` is told of each once the server has taken it.

    How many went out. KechuangError where the server cannot be reached, refuses the log-in or a letter:
    those before it were sent.
    """
    number = 0
    try:
        with _connected(mail) as server:
            for letter in letters:
                server.send_message(_message(mail, sender, letter, at))
                sent(letter)
                number += 1
    except smtplib.SMTPAuthenticationError:
        raise _failed(say("发信服务器不接受用户名或密码"), mail) from None
    except smtplib.SMTPRecipientsRefused as error:
        refused = "、".join(error.recipients)
        raise _failed(say("发信服务器不接受收件地址 {address}", address=refused), mail) from None
    except smtplib.SMTPException as error:
        raise _failed(say("发信服务器答：{problem}", problem=literal(_words(error))), mail) from None
    except OSError as error:
        raise _failed(say("连不上发信服务器：{problem}", problem=system_trouble(error)), mail) from None
    return number


def subject_of(text: str) -> tuple[str, str]:
    """The title of a letter and the rest of it."""
    first, _, rest = text.partition("\n")
    return first.strip(), rest.lstrip("\n")


def addresses(text: str) -> Sequence[str]:
    """The addresses in a text, separated by commas, semicolons or spaces.

    >>> addresses("a@x.cn；b@x.cn, a@x.cn")
    ('a@x.cn', 'b@x.cn')
    """
    plain = text.translate(str.maketrans("；，、;", ",,,,")).replace(" ", ",").replace("\n", ",")
    return tuple(dict.fromkeys(part for part in plain.split(",") if part))


def _connected(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.tls == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
    try:
        if mail.tls == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, os.environ.get(mail.password_env, ""))
    except BaseException:
        server.close()
        raise
    return server


def _message(mail: Mail, sender: str, letter: Letter, at: datetime) -> EmailMessage:
    message = EmailMessage()
    user, _, domain = mail.sender.rpartition("@")
    message["From"] = Address(sender, user, domain)
    message["To"] = ", ".join(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=domain)
    message.set_content(letter.text)
    return message


def _words(error: smtplib.SMTPException) -> str:
    answer = getattr(error, "smtp_error", None)
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer or error)
    return " ".join(text.split())


def _failed(message: object, mail: Mail) -> KechuangError:
    return KechuangError(
        "mail-failed",
        say("邮件没有发出：{problem}", problem=message),
        remedy=say(
            "请核对 kechuang.toml 的 [mail]（{host}:{port}）；也可下载后自行发送。",
            host=mail.host,
            port=mail.port,
        ),
    )

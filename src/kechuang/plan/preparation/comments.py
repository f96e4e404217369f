"""Consultation: rounds, comments, what became of each, and the sums for the table of adoption.

A comment keeps whom it is from as an office, an organisation or a post; one of the public is 公众 with
a running number and nothing else, and numbers that reach a person are hidden in every text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kechuang.errors import KechuangError, Place
from kechuang.messages import Message, say
from kechuang.plan.documents import read_document
from kechuang.plan.preparation import events
from kechuang.plan.preparation.folder import Change, PlanFolder, sha256_of
from kechuang.plan.preparation.locate import Words, about
from kechuang.plan.preparation.private import like_a_name, masked
from kechuang.plan.preparation.state import PUBLIC, Comment, Round, State, no_comment, no_round

IDENTITIES: dict[events.Identity, Message] = {
    "department": say("部门"),
    "county": say("县市"),
    "expert": say("专家"),
    "public": say("公众"),
    "enterprise": say("企业"),
    "institute": say("高校院所"),
    "other": say("其他"),
}
DISPOSITIONS: dict[events.Disposition, Message] = {
    "adopted": say("采纳"),
    "partly": say("部分采纳"),
    "not": say("未采纳"),
}
#: Other words for the same, as they are met in tables of comments.
_IDENTITY_WORDS: dict[str, events.Identity] = {
    "部门单位": "department",
    "地直部门": "department",
    "市直部门": "department",
    "县市区": "county",
    "县（市）": "county",
    "县(市)": "county",
    "市县": "county",
    "地方": "county",
    "社会公众": "public",
    "群众": "public",
    "网民": "public",
    "高校": "institute",
    "科研院所": "institute",
    "院校": "institute",
}
_DISPOSITION_WORDS: dict[str, events.Disposition] = {
    "已采纳": "adopted",
    "全部采纳": "adopted",
    "部分": "partly",
    "不采纳": "not",
    "不予采纳": "not",
}


@dataclass(frozen=True)
class Written:
    """A comment as someone wrote it down, before anything is judged."""

    identity: events.Identity
    source: str
    text: str
    about: str = ""
    received: date | None = None
    row: int | None = None


@dataclass(frozen=True)
class Summary:
    """Sums over comments; ``by_identity``: comments of each kind of sender."""

    rounds: tuple[Round, ...]
    asked: int | None
    answered: int
    comments: int
    adopted: int
    partly: int
    not_adopted: int
    open: int
    by_identity: dict[str, int]


def identity_of(text: str) -> events.Identity | None:
    """The kind of sender a word names, Chinese or English; None where it is none."""
    word = text.strip()
    named = next((name for name, said in IDENTITIES.items() if word in (name, said.zh)), None)
    return named or _IDENTITY_WORDS.get(word)


def disposition_of(text: str) -> events.Disposition | None:
    """The disposition a word names (采纳, 部分采纳, 未采纳; adopted, partly, not); None where it is none."""
    word = text.strip()
    named = next((name for name, said in DISPOSITIONS.items() if word in (name, said.zh)), None)
    return named or _DISPOSITION_WORDS.get(word)


def open_round(
    change: Change,
    begin: date,
    end: date,
    *,
    draft: Path | None = None,
    name: str | None = None,
    channels: Sequence[str] = (),
    asked: Sequence[str] = (),
    asked_count: int | None = None,
) -> int:
    """A new round of consultation on ``draft``, of which a copy is kept; gives its number.

    Raises KechuangError where the draft cannot be read, the days are reversed, or the plan is issued.
    """
    number = max(change.state.rounds, default=0) + 1
    seen = None
    if draft is not None:
        read_document(draft)
        content = draft.read_bytes()
        kept = f"{change.folder.consultation.name}/{number:02d}-{draft.name}"
        there = change.folder.folder / kept
        if there.exists() and there.read_bytes() != content:  # a round declared void had this number
            kept = f"{change.folder.consultation.name}/{number:02d}-{sha256_of(content)[:8]}-{draft.name}"
        seen = events.FileSeen(path=kept, sha256=sha256_of(content))
    change.note(
        "round.open",
        events.RoundOpened(
            round=number,
            begin=begin,
            end=end,
            draft=seen,
            name=name,
            channels=tuple(channels),
            asked=tuple(dict.fromkeys(asked)),
            asked_count=asked_count,
        ),
    )
    if seen is not None and not (change.folder.folder / seen.path).exists():
        change.keep_file(seen.path, content, at_once=True)
    return number


def round_of(state: State, number: int | None) -> Round:
    """The round with that number; the last if None. KechuangError where there is none."""
    if not state.rounds or (number is not None and number not in state.rounds):
        raise no_round(number)
    return state.rounds[max(state.rounds) if number is None else number]


def words_of(folder: PlanFolder, round_: Round) -> Words | None:
    """The text a round is about, from the copy kept; KechuangError where that was changed or is gone."""
    if round_.draft is None:
        return None
    path = folder.folder / round_.draft.path
    if folder.still(round_.draft) is not True:
        raise KechuangError(
            "draft-changed",
            say("留存的征求意见稿已不在或被改动过"),
            place=Place(file=str(path)),
            remedy=say("请从备份恢复这个文件。"),
        )
    return Words(read_document(path))


@dataclass(frozen=True)
class Added:
    """Comments added, and what to tell about them."""

    comments: tuple[events.Commented, ...]
    notices: tuple[Message, ...]


class Desk:
    """Takes comments into one round: judges them, hides what is personal, finds what they are about."""

    def __init__(self, change: Change, number: int | None = None, *, unplaced: bool = False) -> None:
        self.change = change
        self.round = round_of(change.state, number)
        self.unplaced = unplaced
        self._words = words_of(change.folder, self.round)
        has_plan = change.folder.plan_file.exists()
        self._plan = change.folder.plan() if has_plan else None

    def judge(self, written: Written) -> tuple[events.About | None, list[KechuangError]]:
        """What a comment is about, and everything wrong with it."""
        wrong: list[KechuangError] = []
        if not written.text.strip():
            wrong.append(KechuangError("no-text", say("没有意见内容")))
        if written.identity != "public" and not written.source.strip():
            wrong.append(KechuangError("no-source", say("没有来源单位")))
        if written.identity != "public" and like_a_name(written.source):
            problem = say("“{source}”像是个人姓名；本系统不留个人信息", source=written.source)
            remedy = say("请写单位或职务（如“某大学农学教授”），公众意见的身份写“公众”。")
            wrong.append(KechuangError("personal-name", problem, remedy=remedy))
        if written.received is not None and written.received > self.change.folder.today:
            day = written.received.isoformat()
            wrong.append(KechuangError("future-date", say("日期 {day} 还没有到", day=day)))
        place = None
        try:
            place = about(written.about, self._plan, self._words)
        except KechuangError as error:
            if self.unplaced:
                place = events.About(quote=masked(written.about.strip()).text)
            else:
                wrong.append(error)
        return place, wrong

    def add(
        self,
        written: Written,
        place: events.About | None,
        *,
        file: str | None = None,
        sheet: str | None = None,
        sha256: str | None = None,
    ) -> events.Commented:
        """Note a judged comment; gives it as kept."""
        state = self.change.state
        hidden = masked(written.text.strip())
        source = masked(written.source.strip())
        if written.identity == "public":
            source = masked(f"{PUBLIC}{state.publics + 1}")
        comment = events.Commented(
            comment=f"C{state.commented + 1}",
            round=self.round.number,
            identity=written.identity,
            source=source.text,
            text=hidden.text,
            about=place,
            received=written.received,
            masked=hidden.count,
            file=file,
            sheet=sheet,
            row=written.row,
            sha256=sha256,
        )
        self.change.note("comment.add", comment)
        return comment

    def notices(self, comment: events.Commented) -> list[Message]:
        """What to tell about a comment that was added."""
        told: list[Message] = []
        if comment.masked:
            told.append(say("{id}：意见中有{n}处个人信息已隐去", id=comment.comment, n=comment.masked))
        day = comment.received
        if day is not None and not self.round.begin <= day <= self.round.end:
            told.append(
                say(
                    "{id}：日期{day}不在征求意见期间（{begin}至{end}）",
                    id=comment.comment,
                    day=day.isoformat(),
                    begin=self.round.begin.isoformat(),
                    end=self.round.end.isoformat(),
                )
            )
        if (
            self.unplaced
            and comment.about
            and comment.about.quote
            and not comment.about.text
            and not comment.about.entry
        ):
            told.append(say("{id}：没有找到“{quote}”，照写", id=comment.comment, quote=comment.about.quote))
        return told


def add_comment(
    change: Change, written: Written, number: int | None = None, *, unplaced: bool = False
) -> Added:
    """One comment into a round (the last if ``number`` is None); all its faults at once."""
    desk = Desk(change, number, unplaced=unplaced)
    place, wrong = desk.judge(written)
    if wrong:
        faults = [fault for error in wrong for fault in error.faults]
        raise KechuangError(wrong[0].code, wrong[0].message, remedy=wrong[0].remedy, faults=faults)
    comment = desk.add(written, place)
    return Added((comment,), tuple(desk.notices(comment)))


def dispose(
    change: Change,
    names: Sequence[str],
    disposition: events.Disposition,
    *,
    reason: str | None = None,
    change_made: str | None = None,
) -> None:
    """What became of comments; a later disposition takes the place of an earlier, which stays in the journal."""
    unknown = [name for name in names if name not in change.state.comments]
    if unknown:
        faults = [fault for name in unknown for fault in no_comment(name).faults]
        error = no_comment(unknown[0])
        raise KechuangError(error.code, error.message, remedy=error.remedy, faults=faults)
    for name in dict.fromkeys(names):
        change.note(
            "comment.dispose",
            events.Disposed(
                comment=name,
                disposition=disposition,
                reason=masked(reason).text if reason else None,
                change=masked(change_made).text if change_made else None,
            ),
        )


def chosen(state: State, number: int | None = None, *, only_open: bool = False) -> list[Comment]:
    """Comments of one round or of all, those not yet disposed of only, in the order they were entered."""
    if number is not None:
        round_of(state, number)
    return [
        comment
        for comment in state.comments.values()
        if (number is None or comment.content.round == number) and not (only_open and comment.disposed)
    ]


def summary(state: State, number: int | None = None) -> Summary:
    """The sums over one round or all. ``asked``: units asked, each once where they were named, else the
    numbers given added up; ``answered``: senders that are offices or organisations, each once."""
    comments = chosen(state, number)
    rounds = [r for r in state.rounds.values() if number is None or r.number == number]
    counts = Counter(c.disposed.disposition if c.disposed else "open" for c in comments)
    named = {unit for r in rounds for unit in r.asked}
    unnamed = [r.asked_count or 0 for r in rounds if not r.asked]
    said = any(r.asked or r.asked_count is not None for r in rounds)
    senders = {c.content.source for c in comments if c.content.identity != "public"}
    kinds = Counter(c.content.identity for c in comments)
    return Summary(
        rounds=tuple(rounds),
        asked=len(named) + sum(unnamed) if said else None,
        answered=len(senders),
        comments=len(comments),
        adopted=counts["adopted"],
        partly=counts["partly"],
        not_adopted=counts["not"],
        open=counts["open"],
        by_identity={name: kinds[name] for name in IDENTITIES if kinds[name]},
    )

"""Which words of a paragraph changed: numbers whole, terms and common words whole, other signs one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Indel

from kechuang.language.fold import fold
from kechuang.language.terms import all_terms
from kechuang.plan.compare.difference import Piece

#: Words of plans that change as a whole: 加强 made 加快 is one word for another, not 强 for 快.
_COMMON = """
加强 加快 加大 强化 推进 推动 推广 建设 建立 建成 健全 完善 构建 打造 形成 实施 开展 组织 落实 执行 支持 鼓励 引导 扶持 培育 培养 发展 壮大
提升 提高 增强 增加 扩大 拓展 优化 深化 创新 改革 改造 转化 转移 应用 示范 引领 促进 实现 达到 超过 突破 保持 稳定 力争 确保 完成 争取 基本 全面
大力 积极 深入 持续 着力 重点 逐步 进一步 努力 有序 稳步 有效 显著 明显 切实 统筹 协调 协同 融合 集聚 聚集 布局 规划 计划 方案 政策 措施 机制 体制
体系 制度 平台 基地 中心 园区 项目 工程 行动 任务 目标 指标 企业 产业 行业 领域 技术 科技 科学 研究 研发 开发 人才 队伍 团队 资金 经费 投入 支出
收入 比重 比例 比率 水平 能力 规模 数量 质量 效益 成果 服务 管理 监督 评估 考核 保障 安全 环境 资源 能源 生态 农业 工业 农村 城市 县域 区域 地区
全国 全省 全市 全县 全区 国家 自治区 省级 市级 县级 以上 以下 左右 不少于 不低于 不超过 不高于 累计 年均 增长 新增 每年 同比 年度 期末 期间 牵头 配合
负责 单位 部门 责任 参与 分工 包括 以及 其中 同时 通过 围绕 按照 坚持 依托 利用 结合 根据 针对 关键 核心 重大 重要 主要 先进 现代 智能 数字 绿色
合作 交流 开放 共享 共建 联合 对接 引进 输出 转型 升级 高质量 高水平 高端 特色 优势 传统 新兴 战略性 社会 民生 健康 医疗 教育 文化 旅游 公共 群众
"""
_WORDS = 3
_SIGN = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?)|(?P<latin>[A-Za-z]+(?:[&.\-][A-Za-z]+)*)|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_SENTENCE = re.compile(r"[^。；！？]*[。；！？]?")
#: Above this many comparisons of words, sentences are compared first.
_MOST = 100_000_000
#: A single sign that stays the same between two changes is part of the change, unless it is one of these.
_STOPS = "，。；：、！？（）"


@dataclass(frozen=True)
class _Word:
    """A word as written, and the form it is compared by (empty for white space)."""

    raw: str
    form: str


def words_changed(old: str, new: str) -> tuple[Piece, ...]:
    """The two texts as pieces: those of both, and where they differ the old words and the new ones.

    Put together, the old sides are ``old`` and the new ones ``new``, sign for sign. Widths of signs,
    traditional characters and white space make no difference. What stays the same is a longest common
    subsequence of words (Indel distance; Hyyrö 2004), tidied of single signs left between two changes.

    >>> [(p.old, p.new) for p in words_changed("企业达到60家", "企业超过80家") if not p.same]
    [('达到60', '超过80')]
    """
    return _pieces(_words(old), _words(new))


def alike(old: str, new: str) -> float:
    """The share of signs two texts have in common, in order: 0–1 (normalised Indel similarity)."""
    return float(Indel.normalized_similarity("".join(fold(old).split()), "".join(fold(new).split())))


def _pieces(old: Sequence[_Word], new: Sequence[_Word]) -> tuple[Piece, ...]:
    if len(old) * len(new) > _MOST:
        old, new = _sentences(old), _sentences(new)
    first, second = [word.form for word in old if word.form], [word.form for word in new if word.form]
    if not first or not second:
        piece = Piece("".join(w.raw for w in old), "".join(w.raw for w in new), first == second)
        return (piece,) if old or new else ()
    raw_old, raw_new = _glued(old), _glued(new)
    found: list[Piece] = []
    for step in Indel.opcodes(first, second):
        same = step.tag == "equal"
        found.append(
            Piece(
                "".join(raw_old[step.src_start : step.src_end]),
                "".join(raw_new[step.dest_start : step.dest_end]),
                same,
            )
        )
    return _tidy(found)


def _glued(words: Sequence[_Word]) -> list[str]:
    """The raw words with white space put to the word before it, or to the first."""
    found: list[str] = []
    lead = ""
    for word in words:
        if word.form:
            found.append(lead + word.raw)
            lead = ""
        elif found:
            found[-1] += word.raw
        else:
            lead += word.raw
    return found


def _tidy(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbouring changes as one, with the little that stays the same between them."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        between = bool(found) and not found[-1].same and at + 1 < len(pieces)
        inner = between and piece.same and len(piece.old.strip()) == 1 and piece.old.strip() not in _STOPS
        if found and not found[-1].same and (not piece.same or inner):
            last = found.pop()
            found.append(Piece(last.old + piece.old, last.new + piece.new, False))
        else:
            found.append(piece)
    return tuple(part for piece in found for part in _parted(piece))


def _parted(piece: Piece) -> list[Piece]:
    """Where one side begins or ends with the whole of the other, only the rest is a change."""
    old, new = piece.old, piece.new
    if piece.same or not old or not new:
        return [piece]
    short, long = (old, new) if len(old) <= len(new) else (new, old)
    size = len(short)
    if fold(long[-size:]) == fold(short):
        cut = len(long) - size
        parts = [(long[:cut], False), (long[cut:], True)]
    elif fold(long[:size]) == fold(short):
        parts = [(long[:size], True), (long[size:], False)]
    else:
        return [piece]
    made = [Piece(short if same else "", words, same) for words, same in parts if words]
    return [made_.mirrored() for made_ in made] if short is new else made


def _words(text: str) -> list[_Word]:
    folded = fold(text)
    known = _known()
    found: list[_Word] = []
    position = 0
    while position < len(text):
        match = _SIGN.match(folded, position)
        assert match is not None
        end = match.end()
        if match["other"] is not None:
            for length in range(min(known[1], len(text) - position), 1, -1):
                if folded[position : position + length] in known[0]:
                    end = position + length
                    break
        form = "" if match["space"] is not None else folded[position:end]
        found.append(_Word(text[position:end], form))
        position = end
    return found


@cache
def _known() -> tuple[frozenset[str], int]:
    """Words taken whole, and the length of the longest: common words, and short names of terms."""
    short = {form for term in all_terms() for form in term.forms if len(form) <= _WORDS}
    words = frozenset(
        word for word in short | set(_COMMON.split()) if re.fullmatch(r"[\u4e00-\u9fff]{2,}", word)
    )
    return words, max(map(len, words))


def _sentences(words: Sequence[_Word]) -> list[_Word]:
    """Long text sentence by sentence."""
    text = "".join(word.raw for word in words)
    pieces = [match.group() for match in _SENTENCE.finditer(text) if match.group()]
    return [_Word(piece, "".join(fold(piece).split())) for piece in pieces]

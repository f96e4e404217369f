"""What a target says of its path and cannot: shapes and interim values that do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from kechuang.messages import Message, say
from kechuang.plan.model import Target


def path_problems(target: Target) -> Iterator[Message]:
    """Everything wrong with the path a target declares."""
    start = target.baseline.year if target.baseline else None
    for year in sorted(target.interim):
        if (start is not None and year <= start) or (target.year is not None and year > target.year):
            yield say(
                "“{id}”的年度分解值{year}年不在基期与目标年之间（{start}—{end}）",
                id=target.id,
                year=year,
                start=start or "",
                end=target.year or "",
            )
    path = target.path
    if path is None:
        return
    if target.per_year and path.shape != "level":
        yield say("“{id}”是逐年目标，每年各自判断，不能再声明路径", id=target.id)
    if target.growth and path.shape not in ("straight", "rate"):
        yield say("“{id}”是年均增长目标，路径就是等速增长，不能声明别的形状", id=target.id)
    if path.shape == "steps" and not target.interim:
        yield say("“{id}”的路径是阶梯形，须在 interim 中写明各级的年份和数值", id=target.id)
    if path.shape in ("s-curve", "level") and target.interim:
        yield say("“{id}”的路径形状 {shape} 不能与年度分解值并用", id=target.id, shape=path.shape)
    if path.shape != "s-curve" and (path.steepness is not None or path.midpoint is not None):
        yield say("“{id}”的 steepness、midpoint 只用于 s-curve", id=target.id)

"""The declared relations between terms (``data/relations.yaml``), read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from kechuang.language.terms import term


@dataclass(frozen=True)
class Product:
    """``total`` = ``rate`` × ``size`` (÷ ``per`` where the rate is told per so many without saying so)."""

    total: str
    rate: str
    size: str
    exact: bool
    tolerance: float
    per: float = 1.0


@dataclass(frozen=True)
class Part:
    part: str
    whole: str
    definition: bool


@dataclass(frozen=True)
class Band:
    term: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class Relations:
    """Everything that is declared; ``jump``, ``leap``, ``scale`` and ``drift`` are numbers of times."""

    products: tuple[Product, ...]
    parts: tuple[Part, ...]
    plausible: tuple[Band, ...]
    cost_low: float
    cost_high: float
    jump: float
    jump_least: float
    leap: float
    leap_from: float
    scale: float
    drift_low: float
    drift_yearly: float
    upward: frozenset[str]


@cache
def relations() -> Relations:
    """The relations; KeyError where one names a term that is not there."""
    from ruamel.yaml import YAML

    source = resources.files("kechuang.plan.check") / "data" / "relations.yaml"
    content = YAML(typ="safe").load(source.read_text("utf-8"))
    products = tuple(Product(**entry) for entry in content["products"])
    parts = tuple(Part(**entry) for entry in content["parts"])
    bands = tuple(Band(**entry) for entry in content["plausible"])
    named = [name for p in products for name in (p.total, p.rate, p.size)]
    named += [name for p in parts for name in (p.part, p.whole)] + [b.term for b in bands] + content["upward"]
    for name in named:
        term(name)
    return Relations(
        products=products,
        parts=parts,
        plausible=bands,
        cost_low=content["rd_cost_per_fte"]["low"],
        cost_high=content["rd_cost_per_fte"]["high"],
        jump=content["jump"]["times"],
        jump_least=content["jump"]["least"],
        leap=content["leap"]["times"],
        leap_from=content["leap"]["from"],
        scale=content["scale"]["times"],
        drift_low=content["drift"]["low"],
        drift_yearly=content["drift"]["yearly"],
        upward=frozenset(content["upward"]),
    )

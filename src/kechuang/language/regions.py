"""The administrative divisions: provinces, prefectures and counties with their GB/T 2260 codes.

Codes and names are those of 国家统计局《统计用区划代码和城乡划分代码》（2023 年版）; see ``data/README.md``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from kechuang.language.boundaries import BoundaryChange, Enclave, national_changes, national_enclaves

LEVELS = ("province", "prefecture", "county")
#: The country as a region: above all provinces, and named only where a table names it.
NATION = "100000"
_NATION_NAMES = frozenset({"全国", "中国", "国家"})
#: What a short name leaves off, longest first: 阿里地区 → 阿里, 恩施土家族苗族自治州 → 恩施.
_PEOPLES = [
    "维吾尔",
    "哈萨克",
    "柯尔克孜",
    "蒙古",
    "塔吉克",
    "锡伯",
    "回族",
    "壮族",
    "藏族",
    "苗族",
    "彝族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "阿昌族",
    "普米族",
    "怒族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "独龙族",
    "鄂伦春",
    "各族",
    "塔吉克族",
    "蒙古族",
    "哈萨克族",
]
_SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "特区",
    "新区",
    "省",
    "市",
    "盟",
    "州",
    "县",
    "区",
    "旗",
)


@dataclass(frozen=True)
class Region:
    """A division: six-digit ``code``, full ``name``, ``level`` and the code of the one above (or None).

    >>> RegionTree.national().get("330100")
    Region(code='330100', name='杭州市', level='prefecture', parent='330000')
    """

    code: str
    name: str
    level: str
    parent: str | None

    @property
    def short_name(self) -> str:
        """The name without its kind: 杭州市 → 杭州."""
        return short_name(self.name)


def short_name(name: str) -> str:
    """``name`` without the words for its kind and peoples; at least two characters are kept.

    >>> short_name("安吉县"), short_name("宁夏回族自治区"), short_name("沙县区")
    ('安吉', '宁夏', '沙县')
    """
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            short = name.removesuffix(suffix)
            if suffix.startswith("自治"):
                short = _without_peoples(short)
            return short
    return name


def _without_peoples(name: str) -> str:
    found = True
    while found:
        found = False
        for people in (form for stem in _PEOPLES for form in (f"{stem}族", stem)):
            if (len(people) > 1 or people == "各") and name.endswith(people) and len(name) - len(people) >= 2:
                name, found = name.removesuffix(people), True
    return name


@dataclass(frozen=True)
class RegionTree:
    """Regions and what lies below what. Use :meth:`national`, or build one from own regions.

    A province may have counties right below it: the districts of a municipality (直辖市), counties run
    by a province (省直辖县级行政区). ``changes`` of boundaries and ``enclaves`` are told of with figures.
    """

    regions: tuple[Region, ...]
    changes: tuple[BoundaryChange, ...] = ()
    enclaves: tuple[Enclave, ...] = ()
    _by_code: dict[str, Region] = field(init=False, repr=False, compare=False)
    _children: dict[str, list[Region]] = field(init=False, repr=False, compare=False)
    _by_name: dict[str, list[Region]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {region.code: region for region in self.regions}
        children: dict[str, list[Region]] = {}
        by_name: dict[str, list[Region]] = {}
        for region in self.regions:
            if region.parent is not None:
                children.setdefault(region.parent, []).append(region)
            # A text that says 全国 seldom means a region: the country is found by its own road.
            for name in {region.name, region.short_name} if region.code != NATION else ():
                by_name.setdefault(name, []).append(region)
        object.__setattr__(self, "_by_code", by_code)
        object.__setattr__(self, "_children", children)
        object.__setattr__(self, "_by_name", by_name)

    @staticmethod
    def national() -> RegionTree:
        """The whole country; read once a process."""
        return _national()

    def get(self, code: str) -> Region | None:
        """The region with ``code`` (six digits), or None."""
        return self._by_code.get(code)

    def children(self, code: str) -> list[Region]:
        """The regions right below, in order of code."""
        return list(self._children.get(code, ()))

    def descendants(self, code: str, level: str | None = None) -> list[Region]:
        """All regions below (of one ``level`` only, if given), in order of code."""
        found: list[Region] = []
        waiting = self.children(code)
        while waiting:
            region = waiting.pop(0)
            found.append(region)
            waiting = self.children(region.code) + waiting
        return [region for region in found if level is None or region.level == level]

    def ancestors(self, code: str) -> list[Region]:
        """The regions above, nearest first, up to the province."""
        found: list[Region] = []
        region = self.get(code)
        while region is not None and region.parent is not None:
            region = self.get(region.parent)
            if region is not None and region.code != NATION:
                found.append(region)
        return found

    def contains(self, outer: str, inner: str) -> bool:
        """Whether ``inner`` is ``outer`` or lies in it."""
        if outer == NATION:
            return inner in self._by_code
        return outer == inner or any(region.code == outer for region in self.ancestors(inner))

    def crossing(self, code: str) -> list[BoundaryChange]:
        """The changes after which figures of ``code`` are of another territory, by day.

        A change among regions that all lie in ``code`` is none of its own: their figures add up as before.
        """
        found = []
        for change in self.changes:
            inside = [self._lies_in(one, code) for one in change.codes]
            if not change.comparable and any(inside) and (code in change.codes or not all(inside)):
                found.append(change)
        return found

    def _lies_in(self, inner: str, outer: str) -> bool:
        """Whether a region, perhaps one that is no more, lies in ``outer``: by its code where it is gone."""
        if inner in self._by_code:
            return self.contains(outer, inner)
        return outer in (inner, f"{inner[:4]}00", f"{inner[:2]}0000", NATION)

    def replaced(self, code: str) -> BoundaryChange | None:
        """The change that did away with ``code``; None where it is in force, or was never known."""
        if code in self._by_code:
            return None
        return next((one for one in self.changes if code in one.before and code not in one.after), None)

    def enclaves_of(self, code: str) -> list[Enclave]:
        """The regions that lie in ``code`` and whose figures its own do not hold."""
        return [
            one
            for one in self.enclaves
            if not one.counted and self.contains(code, one.lies_in) and not self.contains(code, one.code)
        ]

    def joined(
        self,
        added: Iterable[Region] = (),
        changes: Iterable[BoundaryChange] = (),
        enclaves: Iterable[Enclave] = (),
    ) -> RegionTree:
        """This tree with regions without an official code, further changes, and enclaves told anew.

        An enclave that is ``counted`` becomes a region of the one it lies in.
        """
        own = {one.code: one for one in enclaves}
        every = [own.pop(one.code, one) for one in self.enclaves] + list(own.values())
        moved = {one.code: one.lies_in for one in every if one.counted}
        regions = [
            Region(one.code, one.name, one.level, moved.get(one.code, one.parent)) for one in self.regions
        ]
        ordered = sorted([*self.changes, *changes], key=lambda change: change.day)
        return RegionTree((*regions, *added), tuple(ordered), tuple(every))

    def find(self, name_or_code: str, within: str | None = None) -> Region | None:
        """The one region called so (full or short name, or code), ``within`` a region if given.

        Where several are called so, the one full name wins over short ones, then the highest level
        (吉林 is the province, not its city); None if that leaves more than one, or none.

        >>> [RegionTree.national().find(name).name for name in ("安吉", "恩施州", "吉林", "浙江湖州市安吉县")]
        ['安吉县', '恩施土家族苗族自治州', '吉林省', '安吉县']
        """
        text = "".join(name_or_code.split())
        if text in _NATION_NAMES:
            return self.get(NATION) if within in (None, NATION) else None
        if text.isdigit() or text in self._by_code:
            region = self.get(text)
            return region if region and (within is None or self.contains(within, region.code)) else None
        found = self.all_called(text, within) or self.all_called(short_name(text), within)
        exact = [region for region in found if region.name == text]
        return _only(exact) or _only(found) or self._chained(text, within)

    def _chained(self, text: str, within: str | None) -> Region | None:
        """A region named after those above it: 浙江省湖州市安吉县."""
        for cut in range(len(text) - 2, 1, -1):
            for outer in self.all_called(text[:cut], within):
                inner = self.find(text[cut:], within=outer.code)
                if inner is not None and inner.code != outer.code:
                    return inner
        return None

    def all_called(self, name: str, within: str | None = None) -> list[Region]:
        """Every region with this full or short name."""
        found: Iterable[Region] = self._by_name.get(name, ())
        return [region for region in found if within is None or self.contains(within, region.code)]


def _only(found: list[Region]) -> Region | None:
    for level in LEVELS:
        of_level = [region for region in found if region.level == level]
        if of_level:
            return of_level[0] if len(of_level) == 1 else None
    return None


@cache
def _national() -> RegionTree:
    source = resources.files("kechuang.language") / "data" / "regions.csv"
    rows = csv.DictReader(source.read_text("utf-8").splitlines())
    return RegionTree(
        tuple(Region(row["code"], row["name"], row["level"], row["parent"] or None) for row in rows),
        national_changes(),
        national_enclaves(),
    )

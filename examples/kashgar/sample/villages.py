"""Commissioners' posts and the villages they are assigned to, over the published list of villages."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sample.base import Delivery, Row, draw, name_of
from sample.tables import PACKS, header

DESK = "地区科技局农村科（示例）"
SKILLS = ["种植", "林果", "畜牧", "设施农业", "农产品加工", "农业信息化"]
TERM_YEARS = 3
LAST = date(2025, 12, 31)

#: When a village first has a commissioner: the day and the share of villages, for an ordinary county.
WAVES = [
    (date(2019, 4, 1), 0.64),
    (date(2020, 5, 1), 0.07),
    (date(2021, 4, 1), 0.09),
    (date(2022, 5, 1), 0.09),
    (date(2023, 5, 1), 0.06),
    (date(2024, 4, 1), 0.04),
]
#: Counties that are not done by 2025: the share of villages never reached.
NEVER = {"653125": 0.028, "653130": 0.035, "653131": 0.11}
#: The share of terms that lapse without being renewed at once, and after how many months they are.
LAPSED, LAPSE_MONTHS = 0.045, (4, 14)


@dataclass(frozen=True)
class Village:
    code: str
    county: str
    township: str


@dataclass
class Post:
    number: str
    county: str
    start: date
    end: date | None = None


def read_villages(path: Path) -> list[Village]:
    """The village committees (kind 村民委员会) of the list."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Village(row["统计用区划代码"], row["所在县市"], row["统计用区划代码"][:9])
        for row in rows
        if row["类别"] == "村民委员会"
    ]


def village_rows(path: Path) -> list[Row]:
    """The village committees of the list with all their fields."""
    names = dict(zip(header("villages"), PACKS.records["villages"].fields, strict=True))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{names[title]: cell for title, cell in row.items()} for row in csv.DictReader(file)]
    return [row for row in rows if row["kind"] == "村民委员会"]


def years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def commissioners(villages: list[Village]) -> list[Delivery]:
    """Posts and assignments: what had been before autumn 2023 entered at once, then one file a year."""
    random = draw("villages")
    by_township: dict[str, list[Village]] = defaultdict(list)
    for village in villages:
        by_township[village.township].append(village)
    posts: list[Post] = []
    links: list[Row] = []
    count: dict[str, int] = defaultdict(int)
    for township in sorted(by_township):
        members = by_township[township]
        county = members[0].county
        starts = [_first(county, random.random()) for _ in members]
        here: list[Post] = []
        known = sorted(day for day in starts if day)
        for i in range(0, len(known), 3):
            count[county] += 1
            here.append(Post(f"KTP-{county}-{count[county]:04d}", county, known[i]))
        if len(here) > 2 and random.random() < 0.12:
            here[-1].end = date(2024, 12, 31)
        posts += here
        for i, (village, start) in enumerate(zip(members, starts, strict=True)):
            day = start
            term = 0
            while day and day <= LAST:
                able = [post for post in here if post.start <= day and (post.end is None or day < post.end)]
                post = able[(i + term) % len(able)]
                end = years_later(day, TERM_YEARS)
                if post.end and post.end < end:
                    end = post.end
                links.append(
                    {
                        "commissioner": post.number,
                        "village": village.code,
                        "county": name_of(county),
                        "start": day,
                        "end": end,
                    }
                )
                term += 1
                late = random.random() < LAPSED
                day = end + timedelta(days=30 * random.randint(*LAPSE_MONTHS)) if late else end
    return _files(posts, links)


def _first(county: str, chance: float) -> date | None:
    """The day a village is first reached, for a draw between 0 and 1."""
    reached = 1 - NEVER.get(county, 0.0)
    whole = sum(share for _, share in WAVES)
    level = 0.0
    for day, share in WAVES:
        level += share / whole * reached
        if chance < level:
            return day
    return None if county in NEVER else WAVES[-1][0]


def _files(posts: list[Post], links: list[Row]) -> list[Delivery]:
    """Files by the day things began: up to September 2023 together, then spring by spring."""
    random = draw("posts")
    rows = {
        post.number: {
            "commissioner": post.number,
            "kind": random.choices(["个人科技特派员", "法人科技特派员", "科技特派团"], [8, 1, 1])[0],
            "county": name_of(post.county),
            "unit": f"示例派出单位（{name_of(post.county)}）{random.randint(1, 9):02d}",
            "skill": random.choice(SKILLS),
            "start": post.start,
            "end": None,
        }
        for post in posts
    }
    bounds = [
        (date(2000, 1, 1), date(2023, 10, 1), "2023年补录", date(2023, 10, 16)),
        (date(2023, 10, 1), date(2024, 7, 1), "2024年上半年", date(2024, 7, 8)),
        (date(2024, 7, 1), date(2025, 1, 1), "2024年下半年", date(2025, 1, 13)),
        (date(2025, 1, 1), date(2025, 7, 1), "2025年上半年", date(2025, 7, 9)),
        (date(2025, 7, 1), date(2026, 1, 1), "2025年下半年", date(2026, 1, 12)),
    ]
    leaving = {post.number: post.end for post in posts if post.end}
    found = []
    for since, until, label, arrived in bounds:
        mine = [rows[post.number] for post in posts if since <= post.start < until]
        held = [link for link in links if since <= link["start"] < until]
        note = "此前各年岗位与包联情况一次补录" if label.endswith("补录") else ""
        if arrived < date(2025, 1, 1):
            held = [{**link, "end": _known_end(link, leaving)} for link in held]
        elif since == date(2024, 7, 1):
            # Posts that closed at the end of 2024: the post and its running assignments get their end.
            mine += [{**rows[number], "end": end} for number, end in leaving.items()]
            held += [link for link in links if link["start"] < since and _cut_short(link, leaving)]
            note = "含岗位终止及相应包联终止"
        if mine:
            name = f"示例_科技特派员岗位_{label}.xlsx"
            found.append(Delivery(name, arrived, DESK, "sample", {"commissioners": mine}, note, order=0))
        if held:
            name = f"示例_科技特派员包联村_{label}.csv"
            found.append(Delivery(name, arrived, DESK, "sample", {"assignments": held}, note, order=1))
    return found


def _cut_short(link: Row, leaving: dict[str, date | None]) -> bool:
    """Whether an assignment ends because its post closed."""
    return link["commissioner"] in leaving and link["end"] == leaving[link["commissioner"]]


def _known_end(link: Row, leaving: dict[str, date | None]) -> date:
    """The end as it was foreseen before a post closed: a full term."""
    if _cut_short(link, leaving):
        return years_later(link["start"], TERM_YEARS)
    end: date = link["end"]
    return end

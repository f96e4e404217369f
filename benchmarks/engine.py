"""Figures by their definitions against SQL written by hand, pandas, and the same for a whole nation.

The records are made up, seeded, and written as a snapshot has them. Both sides read the same Parquet and
give the same figures: the value, how many records are behind it, and whether one of them is a sample or
provisional (a figure is not told without its status).
"""

from __future__ import annotations

import json
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.case import Case
from kechuang.engine import NO_CACHE, Cache
from kechuang.indicators import compute_table, explain
from kechuang.language.regions import RegionTree
from kechuang.packs.model import IndicatorSpec, Packs, RecordType
from kechuang.records.snapshot import Snapshot

YEARS = range(2016, 2026)
AS_OF = date(2026, 6, 30)
MILLION = 1_000_000
_LABEL = {"zh": "示例", "en": "sample"}

_SURVEY = {
    "record": "survey",
    "key": ["uscc", "year"],
    "time": {"year": "year"},
    "region": {"field": "county"},
    "fields": {
        "uscc": {"type": "text"},
        "county": {"type": "region"},
        "year": {"type": "year"},
        "kind": {
            "type": "choice",
            "choices": dict.fromkeys(("firm", "school", "institute", "other"), _LABEL),
        },
        "spending": {"type": "number", "unit": "万元"},
        "income": {"type": "number", "unit": "万元", "required": False},
        "staff": {"type": "integer", "unit": "人"},
    },
}
_REGISTER = {
    "record": "register",
    "key": ["certificate"],
    "time": {"from": "issued", "to": "ended"},
    "region": {"field": "county"},
    "fields": {
        "certificate": {"type": "text"},
        "uscc": {"type": "text"},
        "county": {"type": "region"},
        "issued": {"type": "date"},
        "ended": {"type": "date", "required": False},
    },
}
_FORMULAS = {
    "spending": ("万元", "sum(survey.spending)"),
    "intensity": ("%", "ratio(sum(survey.spending), sum(survey.income))"),
    "of_firms": ("%", "share(survey.spending, survey.kind == 'firm')"),
    "mean": ("万元", "mean(survey.spending, survey.kind != 'other')"),
    "largest": ("万元", "max(survey.spending, survey.staff > 10)"),
    "per_head": ("万元/人", "per_capita(sum(survey.spending), sum(survey.staff))"),
    "spenders": ("家", "count(survey, survey.spending >= 500)"),
    "growth": ("%", "growth(sum(survey.spending))"),
    "valid": ("家", "count(register, valid_on(register.issued, register.ended, period_end))"),
}
_SQL = """
select county, year, sum(spending), sum(income), sum(spending) filter (where kind = 'firm'),
  avg(spending) filter (where kind <> 'other'), max(spending) filter (where staff > 10), sum(staff),
  count(*) filter (where spending >= 500), count(*), count(income), count(*) filter (where kind = 'firm'),
  count(*) filter (where kind <> 'other'), count(*) filter (where staff > 10),
  {marks}
from read_parquet('{survey}') where year between {first} and {last} group by all
"""
#: Each figure has a status of its own: whether one of the records that count for it carries a mark.
_MARKS = ", ".join(
    f"bool_or({mark}) filter (where {of})"
    for mark in ("_sample", "_provisional")
    for of in (
        "true",
        "income is not null",
        "kind = 'firm'",
        "kind <> 'other'",
        "staff > 10",
        "spending >= 500",
    )
)
_STOCK = """
select county, count(*) as n, bool_or(_sample), bool_or(_provisional) from read_parquet('{register}')
where issued <= '{year}-12-31' and (ended is null or ended > '{year}-12-31') group by all
"""


@dataclass(frozen=True)
class World:
    """Packs, regions and a snapshot of made-up records."""

    packs: Packs
    snapshot: Snapshot
    regions: RegionTree
    counties: list[str]

    def table(self, cache: Cache = NO_CACHE) -> Any:
        return compute_table(
            self.packs, self.snapshot, self.regions, self.counties, YEARS, AS_OF, cache=cache
        )


def packs(formulas: dict[str, tuple[str, str]], copies: int = 1) -> Packs:
    """Packs of the two record types; ``copies`` of the survey go by survey, survey2, …"""
    records = [_declared({**_SURVEY, "record": _name(n)}) for n in range(copies)]
    records.append(_declared(_REGISTER))
    indicators = {name: _indicator(name, unit, value) for name, (unit, value) in formulas.items()}
    return Packs(
        info=[], records={record.id: record for record in records}, indicators=indicators, parameters={}
    )


def _name(number: int) -> str:
    return f"survey{number + 1}" if number else "survey"


def _declared(content: dict[str, Any]) -> RecordType:
    fields = {name: {"label": {"zh": name, "en": name}, **spec} for name, spec in content["fields"].items()}
    return RecordType.model_validate({"label": _LABEL, **content, "fields": fields})


def _indicator(name: str, unit: str, value: str) -> IndicatorSpec:
    source = {"source": "示例", "clause": "示例", "verified": True}
    return IndicatorSpec.model_validate(
        {"indicator": name, "label": _LABEL, "unit": unit, "value": value, "definition": source}
    )


def world(
    folder: Path, rows: int, formulas: dict[str, tuple[str, str]], copies: int = 1, stock: float = 0.2
) -> World:
    """``rows`` records in all: ``stock`` of them in the register, the rest in the surveys."""
    import duckdb

    folder.mkdir(parents=True)
    regions = RegionTree.national()
    counties = [region.code for region in regions.regions if region.level == "county"][:2850]
    connection = duckdb.connect()
    connection.execute("create table places as select unnest(?) as code", [counties])
    codes = "(select list(code) from places)"
    meta = (
        "'K' || lpad(i::varchar, 9, '0') as _key, i as _version, 'x.xlsx' as _file, 'x' as _sheet, "
        "i + 2 as _row, 'B1' as _batch, null::varchar as _reviewed_by, '2026-01-01' as _recorded_at, "
        "'2026-01-01' as _first_recorded_at, {sample} as _sample, i % 97 = 0 as _provisional"
    )
    held, each = int(rows * stock), int(rows * (1 - stock) / copies)
    tables = {}
    for number in range(copies):
        tables[_name(number)] = each
        connection.execute(
            f"""copy (select 'U' || lpad((i % {max(each // 10, 1)})::varchar, 8, '0') as uscc,
              {codes}[1 + (hash(i % {max(each // 10, 1)}) % {len(counties)})::int] as county,
              {YEARS.start} + i // {max(each // 10, 1)} % 10 as year,
              ['firm', 'school', 'institute', 'other'][1 + (hash(i + 1) % 4)::int] as kind,
              round((hash(i + 2) % 100000) / 100, 2) as spending,
              case when hash(i + 3) % 10 < 9 then round((hash(i + 4) % 1000000) / 100, 2) end as income,
              (hash(i + 5) % 200)::bigint as staff, {meta.format(sample="hash(i + 6) % 50 = 0")}
              from range({each}) r(i)) to '{folder / _name(number)}.parquet' (format parquet)"""
        )
    tables["register"] = held
    connection.execute(
        f"""copy (select 'C' || lpad(i::varchar, 9, '0') as certificate,
          'U' || lpad((i % {max(held // 3, 1)})::varchar, 8, '0') as uscc,
          {codes}[1 + (hash(i) % {len(counties)})::int] as county,
          date '2012-01-01' + (hash(i + 1) % 5000)::int as issued,
          case when hash(i + 2) % 3 = 0 then date '2016-01-01' + (hash(i + 3) % 5000)::int end as ended,
          {meta.format(sample="false")} from range({held}) r(i)) to '{folder}/register.parquet' (format parquet)"""
    )
    made = packs(formulas, copies)
    schema = {
        record.id: {name: spec.type for name, spec in record.fields.items()}
        for record in made.records.values()
    }
    manifest = {
        "digest": "bench",
        "as_of": AS_OF.isoformat(),
        "schema": schema,
        "tables": tables,
        "batches": {},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return World(made, Snapshot.open(folder), regions, counties)


def by_hand(made: World) -> tuple[Any, list[Any]]:
    """What the figures of the nine indicators are made of, as a person would write it in SQL."""
    import duckdb

    connection = duckdb.connect()
    paths = {name: str(made.snapshot.table(name)) for name in ("survey", "register")}
    survey = connection.sql(
        _SQL.format(**paths, marks=_MARKS, first=YEARS.start - 1, last=YEARS.stop - 1)
    ).to_arrow_table()
    stocks = [connection.sql(_STOCK.format(**paths, year=year)).to_arrow_table() for year in YEARS]
    return survey, stocks


def _same(made: World) -> None:
    """Both sides give the same figures."""
    table = made.table().to_pydict()
    figures = {
        (name, region, year): value
        for name, region, year, value in zip(
            table["indicator"], table["region"], table["period"], table["value"], strict=True
        )
    }
    survey, stocks = by_hand(made)
    hand = {
        (row["county"], row["year"]): [None if v is None else float(v) for v in [*row.values()][2:]]
        for row in survey.to_pylist()
    }
    valid = {
        (row["county"], year): row["n"]
        for year, stock in zip(YEARS, stocks, strict=True)
        for row in stock.to_pylist()
    }
    for county in made.counties[::97]:
        for year in YEARS:
            row = hand[county, year]
            expected = {
                "spending": row[0],
                "intensity": 100 * row[0] / row[1],
                "of_firms": 100 * row[2] / row[0],
                "mean": row[3],
                "largest": row[4],
                "per_head": row[0] / row[5],
                "spenders": row[6],
                "valid": valid[county, year],
            }
            for name, value in expected.items():
                assert abs(figures[name, county, year] - value) <= 1e-9 * max(abs(value), 1), (name, county)


@contextmanager
def _against_sql(rows: int) -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as name:
        made = world(Path(name, "s"), rows, _FORMULAS)
        _same(made)
        yield Case(
            f"9 indicators by county and year, {rows:,} records / SQL by hand",
            made.table,
            lambda: by_hand(made),
            "at most 1.2",
        )


@contextmanager
def engine_1m() -> Iterator[Case]:
    """Nine indicators × 2,850 counties × 10 years over a million records, against SQL by hand."""
    with _against_sql(MILLION) as case:
        yield case


@contextmanager
def engine_10m() -> Iterator[Case]:
    """The same over ten million."""
    with _against_sql(10 * MILLION) as case:
        yield case


@contextmanager
def engine_pandas() -> Iterator[Case]:
    """The same over ten million, against pandas."""
    with tempfile.TemporaryDirectory() as name:
        made = world(Path(name, "s"), 10 * MILLION, _FORMULAS)
        yield Case(
            f"9 indicators by county and year, {10 * MILLION:,} records / pandas",
            made.table,
            lambda: with_pandas(made),
            "at most 0.125",
            runs=2,
        )


def with_pandas(made: World) -> Any:
    """The same figures as pandas users group them."""
    try:
        import pandas as pd
    except ImportError:
        raise SystemExit("pandas is not installed: this benchmark needs it as the peer") from None
    wanted = ["county", "year", "kind", "spending", "income", "staff", "_sample", "_provisional"]
    survey = pd.read_parquet(made.snapshot.table("survey"), columns=wanted)
    keys = ["county", "year"]
    found = survey.groupby(keys).agg(
        spending=("spending", "sum"),
        income=("income", "sum"),
        staff=("staff", "sum"),
        n=("spending", "size"),
        filled=("income", "count"),
        sample=("_sample", "any"),
        provisional=("_provisional", "any"),
    )
    firms = survey[survey["kind"] == "firm"].groupby(keys)["spending"].agg(["sum", "size"])
    known = survey[survey["kind"] != "other"].groupby(keys)["spending"].agg(["mean", "size"])
    large = survey[survey["staff"] > 10].groupby(keys)["spending"].agg(["max", "size"])
    many = survey[survey["spending"] >= 500].groupby(keys).size()
    found = found.join([firms.add_prefix("firms_"), known.add_prefix("known_"), large.add_prefix("large_")])
    found["many"] = many
    register = pd.read_parquet(
        made.snapshot.table("register"), columns=["county", "issued", "ended", "_sample", "_provisional"]
    )
    register["issued"] = pd.to_datetime(register["issued"])
    register["ended"] = pd.to_datetime(register["ended"])
    stocks = {}
    for year in YEARS:
        end = pd.Timestamp(year, 12, 31)
        held = (register["issued"] <= end) & (register["ended"].isna() | (register["ended"] > end))
        groups = register[held].groupby("county")
        stocks[year] = groups.size(), groups["_sample"].any(), groups["_provisional"].any()
    return found, stocks


@contextmanager
def compile_indicators() -> Iterator[Case]:
    """Reading, checking and compiling 300 indicators as they are computed, together, against sqlglot reading and writing their SQL."""
    import sqlglot

    from kechuang.engine import open_engine
    from kechuang.engine.backend import compiled
    from kechuang.engine.queries import Rows, grouped, marked
    from kechuang.engine.source import Cells, PeriodRow
    from kechuang.formula import tree as t
    from kechuang.indicators.definition import definitions
    from kechuang.indicators.places import sources
    from kechuang.indicators.schema import schema_of

    with tempfile.TemporaryDirectory() as name:
        made = world(Path(name, "s"), 1000, many(300, 1))
        periods = tuple(PeriodRow(year, date(year, 1, 1), date(year, 12, 31)) for year in YEARS)
        cells = Cells({code: frozenset({code}) for code in made.counties}, periods)
        tables = sources(made.packs, made.snapshot, made.packs.records)
        engine = open_engine(tables)

        def ours() -> list[str]:
            wanted: dict[str, dict[t.Aggregate, None]] = {}
            for one in definitions(made.packs, schema_of(made.packs)):
                for aggregate in one.aggregates:
                    wanted.setdefault(t.tables_of(aggregate)[0], {})[aggregate] = None
            found = []
            for name, aggregates in wanted.items():
                table = tables[name]
                opened = engine.backend.table(table)
                rows = Rows.reading(opened, table, cells, engine.marks(name), aggregates)
                queries = [grouped(rows, list(aggregates)), marked(rows, list(aggregates))]
                found += [compiled(query.expression, "duckdb") for query in queries if query is not None]
            return found

        sql = ours()

        def peer() -> None:
            for text in sql:
                sqlglot.parse_one(text, read="duckdb").sql("duckdb")

        yield Case(
            "read, check and compile 300 indicators / sqlglot reading and writing their SQL",
            ours,
            peer,
            "reported; ours at most 5 ms an indicator: 1.5 s",
        )


@contextmanager
def explain_10m() -> Iterator[Case]:
    """Why a figure over ten million records is what it is, against the same two queries by hand."""
    import duckdb

    with tempfile.TemporaryDirectory() as name:
        formulas = {"all": ("万元", "sum(survey.spending)")}
        made = world(Path(name, "s"), 10 * MILLION, formulas, stock=0.0001)
        places = ("330000", "330100")
        province = next(code for code in places if made.regions.get(code))

        def ours() -> object:
            return explain(made.packs, made.snapshot, made.regions, "all", province, 2024, AS_OF, limit=20)

        def peer() -> object:
            connection = duckdb.connect()
            path, inside = (
                str(made.snapshot.table("survey")),
                [
                    province,
                    *(region.code for region in made.regions.descendants(province)),
                ],
            )
            total = connection.execute(
                "select sum(spending), count(*) from read_parquet(?) where year = 2024 and county in "
                f"({', '.join(repr(code) for code in inside)})",
                [path],
            ).fetchall()
            rows = connection.execute(
                "select * from read_parquet(?) where year = 2024 and county in "
                f"({', '.join(repr(code) for code in inside)}) order by _key limit 20",
                [path],
            ).fetchall()
            return total, rows

        yield Case("explain a figure, 10,000,000 records / two queries by hand", ours, peer, "ours under 1 s")


def many(count: int, copies: int) -> dict[str, tuple[str, str]]:
    """``count`` different definitions over the surveys and the register."""
    kinds = ("firm", "school", "institute", "other")
    patterns = (
        ("万元", "sum({t}.spending, {t}.kind == '{k}' and {t}.staff > {n})"),
        ("%", "ratio(sum({t}.spending, {t}.staff > {n}), sum({t}.income))"),
        ("万元", "mean({t}.spending, {t}.kind != '{k}' and {t}.staff <= {n})"),
        ("家", "count({t}, {t}.spending >= {n} and {t}.kind == '{k}')"),
        ("%", "growth(sum({t}.income, {t}.kind == '{k}' and {t}.staff > {n}))"),
        ("万元", "max({t}.spending, {t}.kind == '{k}' and {t}.staff > {n})"),
        ("%", "share({t}.spending, {t}.kind == '{k}' and {t}.staff > {n})"),
        ("万元/人", "per_capita(sum({t}.spending, {t}.kind == '{k}' and {t}.staff > {n}), sum({t}.staff))"),
    )
    found = {}
    for number in range(count - 4):
        unit, pattern = patterns[number % len(patterns)]
        table, kind = _name(number % copies), kinds[number // 8 % 4]
        found[f"i{number}"] = (unit, pattern.format(t=table, k=kind, n=5 + number // 8))
    for number in range(4):
        value = f"count(register, valid_on(register.issued, register.ended, period_end) and year_of(register.issued) > {2012 + number})"
        found[f"r{number}"] = ("家", value)
    return found


@contextmanager
def nation() -> Iterator[Case]:
    """300 indicators × 2,850 counties × 10 years over 20 million records; the peer reads the same columns."""
    import duckdb

    with tempfile.TemporaryDirectory() as name:
        made = world(Path(name, "s"), 20 * MILLION, many(300, 5), copies=5, stock=0.1)

        def ours() -> None:
            table = made.table()
            assert table.num_rows == 300 * len(made.counties) * len(YEARS)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(f"  {table.num_rows:,} figures, peak memory {peak:.2f} GB")

        def peer() -> None:
            connection = duckdb.connect()
            for record in made.snapshot.tables:
                path = str(made.snapshot.table(record))
                keys = "county, year" if record != "register" else "county"
                value = (
                    "sum(spending), sum(income), sum(staff), count(*)" if record != "register" else "count(*)"
                )
                connection.execute(
                    f"select {keys}, {value} from read_parquet(?) group by all", [path]
                ).fetchall()

        yield Case(
            f"300 indicators × {len(made.counties):,} counties × 10 years, 20,000,000 records / four sums a table",
            ours,
            peer,
            "reported; ours under 60 s and 4 GB",
            runs=1,
        )

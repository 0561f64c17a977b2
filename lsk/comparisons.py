"""Kolada's values in the file: a measurement for one's own municipality, a comparison value for the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from lsk.change import Change
from lsk.errors import Usage
from lsk.kolada import CODE, KPI, Row, Source, Value, values

if TYPE_CHECKING:
    from lsk.store import Store

SOURCE = "Kolada"
NATION, REGION, OTHER = "nationellt register", "regionalt register", "annan kommun eller verksamhet"


@dataclass
class Fetched:
    """What came of it: numbers of values, and what was left aside and why."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    without_value: int = 0
    by_gender: int = 0
    indicators: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def fetch(
    store: Store, source: Source, *, kpis: list[str], own: str, others: list[str], years: list[int], actor: str,
    report: Callable[[str], None] = lambda text: None,
) -> Fetched:  # fmt: skip
    """Read values and keep them, as one change. ``kpis``: ids, or ID=högre|lägre for an indicator to be made."""
    wanted = wanted_indicators(store, kpis)
    own = own or own_code(store)
    codes = [code_of(code) for code in dict.fromkeys([own, *(others or compared(store))])]
    report("Frågar Kolada …")
    about = {str(row.get("id")): row for row in source.indicators(list(wanted))}
    names = {str(row.get("id")): row for row in source.municipalities(codes)}
    found, aside = values(source.data(list(wanted), codes, years))
    fetched = Fetched(read=len(found), by_gender=aside)
    with store.change(actor, "hämtar från Kolada") as change:
        remember_code(change, own)
        indicators = {
            kpi: made
            for kpi, better in wanted.items()
            if (made := indicator(store, change, kpi, better, about, fetched))
        }
        for value in found:
            if value.kpi in indicators and value.municipality in codes:
                keep(store, change, indicators[value.kpi], value, own, names.get(value.municipality, {}), fetched)
    return fetched


def wanted_indicators(store: Store, kpis: list[str]) -> dict[str, str]:
    """Kolada's ids → the direction that is better ("" when the file says); the file's own when none are named."""
    if not kpis:
        rows = store.db.execute("SELECT DISTINCT kolada_id FROM indicator WHERE kolada_id IS NOT NULL ORDER BY 1")
        kpis = [row[0] for row in rows]
    if not kpis:
        raise Usage(
            "Inga nyckeltal att hämta. Ange dem, till exempel --kpi U21468=högre, "
            "eller fyll i indikatorernas kolada_id."
        )
    wanted = {}
    for text in kpis:
        kpi, _, better = text.partition("=")
        kpi, better = kpi.strip().upper(), better.strip().casefold()
        if not KPI.fullmatch(kpi):
            raise Usage(f"”{kpi}” är inget nyckeltal i Kolada. Skriv N eller U och fem siffror, till exempel U21468.")
        if better not in ("", "högre", "lägre"):
            raise Usage(f"”{text}”: skriv {kpi}=högre eller {kpi}=lägre, efter vad som är bättre.")
        wanted[kpi] = better
    return wanted


def compared(store: Store) -> list[str]:
    """The codes that the file already compares itself with."""
    rows = store.db.execute(
        """SELECT DISTINCT municipality_code FROM comparison_value
           WHERE municipality_code IS NOT NULL AND fetched_on IS NOT NULL ORDER BY 1"""
    )
    return [row[0] for row in rows]


def code_of(text: str) -> str:
    if not CODE.fullmatch(text):
        raise Usage(f"”{text}” är ingen kommunkod. Skriv alla fyra siffrorna, till exempel 0683.")
    return text


def own_code(store: Store) -> str:
    row = store.db.execute("SELECT municipality_code FROM municipality WHERE municipality_code IS NOT NULL").fetchone()
    if row is None:
        raise Usage("Kommunens egen kod är inte känd. Ange den en gång med --own, till exempel --own 0683.")
    return str(row[0])


def remember_code(change: Change, own: str) -> None:
    """The municipality's own code, asked for once."""
    rows = change.db.execute("SELECT id, municipality_code FROM municipality").fetchall()
    if len(rows) == 1 and rows[0]["municipality_code"] is None:
        change.update("municipality", rows[0]["id"], {"municipality_code": own})


def indicator(
    store: Store, change: Change, kpi: str, better: str, about: dict[str, Row], fetched: Fetched
) -> str | None:
    """The id of the file's indicator for ``kpi``, made if there is none; None when Kolada has withdrawn it."""
    row = store.db.execute("SELECT id FROM indicator WHERE kolada_id = ? ORDER BY ref LIMIT 1", (kpi,)).fetchone()
    facts = about.get(kpi)
    if facts is None or facts.get("isdeleted"):
        fetched.notes.append(f"{kpi} finns inte i Kolada{'' if facts is None else ' längre'}; inget är hämtat för det.")
        return None
    if row is not None:
        return str(row["id"])
    title = str(facts.get("title") or kpi)
    if not better:
        raise Usage(
            f"{kpi} ({title}) finns inte i filen. Ange vad som är bättre: --kpi {kpi}=högre eller --kpi {kpi}=lägre."
        )
    made = change.insert(
        "indicator",
        {
            "name": title, "definition": facts.get("description") or None, "better": better,
            "kolada_id": kpi, "source_system": SOURCE,
        },
    )  # fmt: skip
    fetched.indicators.append(made.ref)
    return made.id


def keep(store: Store, change: Change, indicator: str, value: Value, own: str, about: Row, fetched: Fetched) -> None:
    """One value where it belongs. What a person has measured is left alone, and said."""
    fetched.without_value += value.value is None
    name = "measurement" if value.municipality == own else "comparison_value"
    row = own_row(indicator, value) if name == "measurement" else other_row(indicator, value, about)
    key = ("indicator", "unit", "period_start", "period_end") if name == "measurement" else (
        "indicator", "municipality_code", "period")  # fmt: skip
    same = " AND ".join(f'"{column}" IS ?' for column in key)
    old = store.db.execute(f'SELECT * FROM "{name}" WHERE {same}', [row.get(c) for c in key]).fetchone()
    today = {"fetched_on": store.today.isoformat()}
    if old is None:
        if value.deleted:
            return
        change.insert(name, row | today)
        fetched.new += 1
    elif name == "measurement" and old["source"] != SOURCE:
        if old["value"] != value.value:
            fetched.notes.append(
                f"{old['ref']} är mätt av er ({old['value']}); Koladas värde ({value.value}) är inte sparat."
            )
        fetched.unchanged += 1
    else:
        different = {k: v for k, v in (row | today).items() if old[k] != v}
        fetched.changed += old["value"] != value.value
        fetched.unchanged += old["value"] == value.value
        change.update(name, old["id"], different)
        if value.deleted and old["value"] is not None:
            fetched.notes.append(f"{old['ref']}: Kolada har tagit bort värdet ({old['value']}); det är nu inte känt.")


def own_row(indicator: str, value: Value) -> dict[str, Any]:
    return {
        "indicator": indicator, "unit": None, "value": value.value, "source": SOURCE,
        "period_start": f"{value.year}-01-01", "period_end": f"{value.year}-12-31",
    }  # fmt: skip


def other_row(indicator: str, value: Value, about: Row) -> dict[str, Any]:
    """A comparison with the whole country (0000), a region, or another municipality."""
    kind = NATION if value.municipality == "0000" else REGION if about.get("type") == "L" else OTHER
    return {
        "indicator": indicator, "compared_with": kind, "name": str(about.get("title") or value.municipality),
        "municipality_code": value.municipality, "period": str(value.year), "value": value.value,
    }  # fmt: skip

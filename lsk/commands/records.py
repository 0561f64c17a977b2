"""Commands about single records, in plain lines: list, show, add, set, delete, trace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument, shorten
from lsk.errors import LskError, Usage

PAGE = 500


@command("list")
@path_argument
@click.argument("entity", metavar="SLAG")
@click.argument("filters", metavar="[FÄLT=VÄRDE]…", nargs=-1)
@click.option("--filter", "filtered", metavar="ORD", default="", help="Filter i ord: status:öppen enhet:HTN försenad.")
@click.option("--search", "words", metavar="ORD", help="Bara poster som innehåller orden.")
@click.option("--sort", metavar="FÄLT", help="Ordna efter ett fält; -FÄLT ger omvänd ordning.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="Högst N poster (tabell: 50; JSON: alla).")
@click.option("--after", metavar="BETECKNING", help="Fortsätt efter den här posten.")
@json_option
def list_records(
    path: Path, entity: str, filters: tuple[str, ...], filtered: str, words: str | None, sort: str | None,
    limit: int | None, after: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Visa poster av ett SLAG ur FIL, till exempel: lsk list kommun.db avvikelse enhet=HTN status=utreds."""
    from lsk.filters import Asker, condition
    from lsk.model import ENTITIES
    from lsk.records import count, entity_called

    with open_store(path, readonly=not (words or filtered)) as store:
        if words or filtered:
            store.index()
        name = entity_called(entity)
        where, params = conditions(store, name, filters, words)
        if filtered:
            sql, values = condition(Asker(store, ENTITIES[name], acting(None, path)), filtered)
            where, params = " AND ".join(part for part in (where, sql) if part), [*params, *values]
        wanted = limit if limit is not None else (None if as_json else 50)
        rows = listed(store, name, where, params, sort, wanted, after)
        if as_json:
            write_json_array(rows)
            return
        page = list(rows)
        headers = {"ref": "Beteckning"} | {f: store.terms.field_label(name, f) for f in listed_fields(name)}
        emit(page, False, headers, empty=f"Inga {store.terms.entity_label(name, many=True).lower()}.")
        total = count(store.db, name, where, params)
        if len(page) < total:
            click.echo(f"\n{len(page)} av {total}. Fler: --after {page[-1]['ref']}   Alla: --limit {total}")


def listed_fields(name: str) -> list[str]:
    from lsk.model import ENTITIES

    return [f.name for f in ENTITIES[name].all_fields if f.listed]


def conditions(store: Any, name: str, filters: tuple[str, ...], words: str | None) -> tuple[str, list[Any]]:
    """SQL for what the person asked for."""
    from lsk.model import ENTITIES
    from lsk.search import question

    where, params = [], []
    for field_name, value in assignments(store, name, filters).items():
        field = ENTITIES[name].field(field_name)
        column = f't."{field_name}"' if field.stored else f"({field.sql})"  # type: ignore[attr-defined]
        where.append(f"{column} IS ?")
        params.append(value)
    if words:
        where.append(
            "t.id IN (SELECT r.record FROM search JOIN search_row r ON r.doc = search.rowid WHERE search MATCH ?)"
        )
        params.append(question(words))
    return " AND ".join(where), params


def listed(
    store: Any, name: str, where: str, params: list[Any], sort: str | None, limit: int | None, after: str | None
) -> Iterator[dict[str, Any]]:
    """The records a page at a time, so that memory stays small however many there are."""
    from lsk.model import ENTITIES
    from lsk.records import default_sort, find, select, sort_value

    key, descending = default_sort(ENTITIES[name])
    if sort:
        descending, asked = sort.startswith("-"), sort.lstrip("-")
        key = "ref" if asked.casefold() in ("ref", "beteckning") else field_called(store, name, asked)
    place = None
    if after:
        place = sort_value(store.db, name, find(store.db, name, after)[1], key)
    names: dict[tuple[str, str], str] = {}
    left = limit if limit is not None else -1
    while left:
        size = PAGE if left < 0 else min(PAGE, left)
        rows = select(
            store.db, name, where=where, params=params, sort=key, descending=descending, limit=size, after=place
        )
        for row in rows:
            yield readable(store, name, row, names)
        if len(rows) < size:
            return
        left -= len(rows) if left > 0 else 0
        place = (rows[-1]["_sort"], rows[-1]["id"])


def readable(store: Any, name: str, row: sqlite3.Row, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    """A record as people and scripts read it: a reference is the other's title, its id stands beside as FIELD_id."""
    from lsk.model import ENTITIES
    from lsk.model.vocabulary import AnyRef, Flag, Ref
    from lsk.values import shown

    record: dict[str, Any] = {"id": row["id"], "ref": row["ref"]}
    for field in ENTITIES[name].all_fields:
        value = row[field.name]
        if isinstance(field, (Ref, AnyRef)) and value is not None:
            if (key := (field.name, value)) not in names:
                names[key] = shown(store.db, field, value)
            record[field.name] = names[key]
            record[f"{field.name}_id"] = value
        elif isinstance(field, Flag) and value is not None:
            record[field.name] = "ja" if value else "nej"
        else:
            record[field.name] = value
    return record


def write_json_array(rows: Iterator[dict[str, Any]]) -> None:
    """A JSON list, written as it is read."""
    opening = "["
    for row in rows:
        click.echo(opening)
        click.echo("  " + json.dumps(row, ensure_ascii=False), nl=False)
        opening = ","
    click.echo("[]" if opening == "[" else "\n]")


def field_called(store: Any, name: str, text: str) -> str:
    """The field a person means, by its declared name or its label."""
    from lsk.model import ENTITIES

    fields = [f.name for f in ENTITIES[name].all_fields]
    if text in fields:
        return text
    labels = {field: store.terms.field_label(name, field) for field in fields}
    for field, label in labels.items():
        if plain(text) == plain(label):
            return field
    known = ", ".join(f"{label} ({field})" for field, label in labels.items())
    raise LskError(f"{store.terms.entity_label(name)} har inget fält som heter ”{text}”. Det finns: {known}.")


def plain(label: str) -> str:
    """A label as it may be typed: without case, question mark and difference between space and underscore."""
    return label.casefold().replace("_", " ").replace("?", "").strip()


def assignments(store: Any, name: str, pairs: tuple[str, ...]) -> dict[str, Any]:
    """``field=value`` words as stored values. Usage when a word has no =, LskError when a value cannot be read."""
    from lsk.model import ENTITIES
    from lsk.values import parse

    values: dict[str, Any] = {}
    for pair in pairs:
        text, sign, value = pair.partition("=")
        if not sign:
            raise Usage(f"”{pair}” ska skrivas fält=värde, till exempel unit=HTN.")
        field = ENTITIES[name].field(field_called(store, name, text))
        values[field.name] = parse(store.db, field, value, store.today)
    return values


def computed_refused(store: Any, name: str, values: dict[str, Any]) -> None:
    from lsk.model import ENTITIES

    fixed = [f for f in values if not ENTITIES[name].field(f).stored]
    if fixed:
        raise LskError(f"{', '.join(fixed)} räknas ut och kan inte skrivas.")


@command("show")
@path_argument
@click.argument("ref", metavar="BETECKNING")
@json_option
def show(path: Path, ref: str, as_json: bool) -> None:
    """Visa en post ur FIL: alla fält och vad som hör ihop med den."""
    from lsk.model import ENTITIES
    from lsk.records import find, one, related
    from lsk.values import UNKNOWN

    with open_store(path, readonly=True) as store:
        name, record = find(store.db, None, ref)
        row = one(store.db, name, record)
        assert row is not None
        values = readable(store, name, row, {})
        links = [link for link in related(store.db, name, record) if link[0] != "import_note"]
        texts = dict(store.db.execute("SELECT field, raw_text FROM import_note WHERE record = ?", (record,)).fetchall())
        if as_json:
            values["related"] = [{"entity": e, "field": f, "count": n} for e, f, n in links]
            values["imported_text"] = texts
            click.echo(json.dumps({"entity": name, **values}, ensure_ascii=False, indent=2))
            return
        click.echo(f"{store.terms.entity_label(name)} {row['ref']}")
        labels = {f.name: store.terms.field_label(name, f.name) for f in ENTITIES[name].all_fields}
        width = max(map(len, labels.values()))
        for field, label in labels.items():
            value = UNKNOWN if values[field] is None else values[field]
            click.echo(f"  {label:<{width}}  {value}" + (f"  (i filen: ”{texts[field]}”)" if field in texts else ""))
        for entity, field, n in links:
            click.echo(
                f"  ← {n} {store.terms.entity_label(entity, many=n != 1).lower()}"
                f" ({store.terms.field_label(entity, field).lower()})"
            )


@command("add")
@path_argument
@click.argument("entity", metavar="SLAG")
@click.argument("pairs", metavar="FÄLT=VÄRDE…", nargs=-1)
@actor_option
@json_option
def add(path: Path, entity: str, pairs: tuple[str, ...], actor: str | None, as_json: bool) -> None:
    """Lägg till en post i FIL.

    Exempel: lsk add kommun.db deviation kind=klagomål unit=HTN received_on=idag what_happened="Maten kom sent"
    """
    from lsk.records import entity_called

    with open_store(path) as store:
        name = entity_called(entity)
        values = assignments(store, name, pairs)
        computed_refused(store, name, values)
        with store.change(acting(actor, path), "lägger till") as change:
            record = change.insert(name, {k: v for k, v in values.items() if v is not None})
        report(
            store, f"{store.terms.entity_label(name)} {record.ref} är sparad.", change, record.id, record.ref, as_json
        )


@command("set")
@path_argument
@click.argument("ref", metavar="BETECKNING")
@click.argument("pairs", metavar="FÄLT=VÄRDE…", nargs=-1, required=True)
@actor_option
@json_option
def set_fields(path: Path, ref: str, pairs: tuple[str, ...], actor: str | None, as_json: bool) -> None:
    """Ändra fält i en post. Ett tomt värde (FÄLT=) betyder inte känt."""
    from lsk.records import find

    with open_store(path) as store:
        name, record = find(store.db, None, ref)
        values = assignments(store, name, pairs)
        computed_refused(store, name, values)
        with store.change(acting(actor, path), "ändrar") as change:
            change.update(name, record, values)
        report(store, f"{store.terms.entity_label(name)} {ref} är ändrad.", change, record, ref, as_json)


@command("delete")
@path_argument
@click.argument("ref", metavar="BETECKNING")
@actor_option
@json_option
def delete(path: Path, ref: str, actor: str | None, as_json: bool) -> None:
    """Ta bort en post. Historiken finns kvar, och borttagningen kan ångras med lsk undo."""
    from lsk.records import find

    with open_store(path) as store:
        name, record = find(store.db, None, ref)
        with store.change(acting(actor, path), "tar bort") as change:
            change.delete(name, record)
        report(store, f"{store.terms.entity_label(name)} {ref} är borttagen.", change, record, ref, as_json)


def report(store: Any, sentence: str, change: Any, record: str, ref: str, as_json: bool) -> None:
    """What was saved, and what the rules think of it."""
    warnings = [f.sentence for f in change.warnings]
    if as_json:
        click.echo(json.dumps({"id": record, "ref": ref, "warnings": warnings}, ensure_ascii=False))
        return
    click.echo(sentence)
    for warning in warnings:
        click.echo(f"Tänk på: {warning}", err=True)


@command("trace")
@path_argument
@click.argument("ref", metavar="BETECKNING")
@click.option("--depth", metavar="N", type=click.IntRange(1, 6), default=3, help="Hur många led (3).")
@json_option
def trace(path: Path, ref: str, depth: int, as_json: bool) -> None:
    """Följ tråden från en post åt båda håll: lagrum, krav, process, risk, avvikelse, orsak, åtgärd, beslut."""
    from lsk.records import find
    from lsk.trace import thread

    with open_store(path, readonly=True) as store:
        name, record = find(store.db, None, ref)
        steps = thread(store.db, name, record, depth)
        if as_json:
            click.echo(json.dumps([s._asdict() for s in steps], ensure_ascii=False, indent=2))
            return
        for step in steps:
            relation = (
                f"{step.way} {store.terms.field_label(*step.by).lower() if step.by[1] else step.by[0]}: "
                if step.depth
                else ""
            )
            label = store.terms.entity_label(step.entity)
            click.echo(f"{'   ' * step.depth}{relation}{label} {step.ref}  {shorten(step.title, 70)}")

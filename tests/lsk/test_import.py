"""Registers as they are: other headings, other words, dates in every shape, the same file again next month."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsk import history
from lsk.cli import main
from lsk.errors import LskError, Usage
from lsk.imports.dates import from_serial, read_date
from lsk.imports.mapping import Options
from lsk.imports.saving import Report, run
from lsk.store import Store

HEADING = "kind;unit;received_on;what_happened"


def into(store: Store, name: str, path: Path, **options: Any) -> Report:
    return run(store, name, path, Options(**options), "Anna")


def count(store: Store, name: str) -> int:
    return int(store.db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])


def operations(store: Store) -> int:
    return int(store.db.execute("SELECT seq FROM sync_local").fetchone()[0])


def lsk(*args: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in args])
    return int(ended.value.code or 0)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "in.csv") -> Path:
        path = tmp_path / name
        path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
        return path

    return write


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "kept"),
    [
        ("2023-04-03", "2023-04-03", False),
        ("20230403", "2023-04-03", False),
        ("2023/4/3", "2023-04-03", False),
        ("2023-04-03 00:00:00", "2023-04-03", False),
        ("3 april 2023", "2023-04-03", False),
        ("3 apr. 2023", "2023-04-03", False),
        ("[2021-05-07]", "2021-05-07", True),
        ("(2021-05-07)", "2021-05-07", True),
        ("25/4 2023", "2023-04-25", True),
        ("4/25/2023", "2023-04-25", True),
        ("3/3 2023", "2023-03-03", True),
        ("3/4 2023", None, True),
        ("03.04.2023", None, True),
        ("20xx-xx-xx", None, True),
        ("2023-04-03 / 2024-05-01", None, True),
        ("2023-02-30", None, True),
        ("31/2 2023", None, True),
        ("2023-04", None, True),
        ("2023-04-03 14:30", None, True),
        ("före 2023-04-03", None, True),
        ("idag", None, True),
        ("45019", None, True),
        ("3 smarch 2023", None, True),
    ],
)
def test_only_a_certain_date_is_read(text: str, value: str | None, kept: bool) -> None:
    assert (read_date(text).value, bool(read_date(text).why)) == (value, kept)


def test_a_day_number_of_excel_is_a_date_only_when_asked_for() -> None:
    assert from_serial("45019") == ("2023-04-03", "")
    assert from_serial("45019,0").value == "2023-04-03"
    assert from_serial("[2021-05-07]") == read_date("[2021-05-07]")


def test_texts_are_kept_beside_dates_and_shown(
    ragunda: Store, written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ("title;kind;unit", "Larm;rutin;HTN")
    into(ragunda, "document", written(*lines))
    heading = "document;version_number;valid_from;next_review"
    report = into(ragunda, "document_version", written(heading, "Larm;1;[2021-05-07];20xx-xx-xx"), key="document")
    assert [(k.line, k.field, k.text, k.read.value) for k in report.kept] == [
        (2, "valid_from", "[2021-05-07]", "2021-05-07"),
        (2, "next_review", "20xx-xx-xx", None),
    ]
    (version,) = ragunda.db.execute("SELECT * FROM document_version WHERE version_number = '1'").fetchall()
    assert (version["valid_from"], version["next_review"]) == ("2021-05-07", None)
    unit = ragunda.db.execute("SELECT unit FROM document WHERE title = 'Larm'").fetchone()[0]
    assert unit is not None
    notes = ragunda.db.execute("SELECT field, raw_text, read_value, file, line, unit FROM import_note ORDER BY field")
    assert [tuple(row) for row in notes] == [
        ("next_review", "20xx-xx-xx", None, "in.csv", 2, unit),
        ("valid_from", "[2021-05-07]", "2021-05-07", "in.csv", 2, unit),
    ]
    assert lsk("show", ragunda.path, version["ref"]) == 0
    assert "(i filen: ”20xx-xx-xx”)" in capsys.readouterr().out
    assert any(c.new == "20xx-xx-xx" for c in history.log(ragunda.db, 1)[0].changes)

    again = into(ragunda, "document_version", written(heading, "Larm;1;[2021-05-07];2027-01-31"), key="document")
    assert (again.changed, again.unchanged) == (1, 0)
    assert [r[0] for r in ragunda.db.execute("SELECT raw_text FROM import_note")] == ["[2021-05-07]"]
    with ragunda.change("Anna") as change:
        change.delete("document_version", version["id"])
    assert ragunda.db.execute("SELECT count(*) FROM import_note").fetchone()[0] == 0


def test_an_unreadable_date_is_an_error_where_one_is_required(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written(HEADING, "avvikelse;HTN;3/4 2023;Sent")
    with pytest.raises(LskError, match=r"Rad 2, kolumn ”received_on”: ”3/4 2023” är inget datum .*tvetydigt"):
        into(ragunda, "deviation", path)


def test_a_column_of_day_numbers_is_read_and_said(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written(HEADING, "avvikelse;HTN;45019;Ett", "avvikelse;HTN;45020;Två")
    report = into(ragunda, "deviation", path)
    assert report.notes[0] == "Kolumnen ”received_on” innehåller dagnummer ur Excel; de är lästa som datum."
    assert [r[0] for r in ragunda.db.execute("SELECT received_on FROM deviation ORDER BY 1")] == [
        "2023-04-03",
        "2023-04-04",
    ]
    mixed = written(HEADING, "avvikelse;HTN;45021;Tre", "avvikelse;HTN;2023-04-06;Fyra")
    with pytest.raises(LskError, match="läs kolumnen med --excel-dates"):
        into(ragunda, "deviation", mixed)
    assert into(ragunda, "deviation", mixed, excel_dates=("received_on",)).new == 2


# --- headings and words -----------------------------------------------------------------------------------------------


def test_what_is_unsure_is_suggested_and_not_used(
    ragunda: Store, written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written("Rutinens namn;kind;Enhett;Vem vet", "Larm;rutin;HTN;x")
    with pytest.raises(LskError, match=r"”Titel” \(title\) saknas"):
        into(ragunda, "document", path)
    assert lsk("import", ragunda.path, "document", path, "--map", "Rutinens namn=title") == 0
    told = capsys.readouterr().err
    assert "Rubriker som inte känns igen och hoppades över: Enhett, Vem vet" in told
    assert "”Enhett” är kanske unit: kör då med --map ”Enhett=unit”" in told
    assert "”Vem vet” är" not in told
    assert ragunda.db.execute("SELECT count(*) FROM document WHERE title = 'Larm' AND unit IS NULL").fetchone()[0] == 1


def test_a_mapping_is_remembered_logged_and_can_be_edited(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written("Rutinens namn;Sort;Verksamhet;Enhet:;Anm", "Larm;Rutiner;x;Hemtj. N: natt;y")
    wishes = Options(
        maps=("Rutinens namn=title", "Sort=kind", "Enhet:=unit", "Anm="),
        values=("Sort:Rutiner=rutin", "Enhet::Hemtj. N: natt=HTN"), key="title", save_mapping=True,
    )  # fmt: skip
    assert run(ragunda, "document", path, wishes, "Anna", dry_run=True).new == 1
    assert ragunda.db.execute("SELECT count(*) FROM import_mapping").fetchone()[0] == 0
    first = run(ragunda, "document", path, wishes, "Anna")
    assert (first.new, first.unknown) == (1, ["Verksamhet"])
    before = operations(ragunda)
    assert into(ragunda, "document", path).unchanged == 1
    run(ragunda, "document", path, wishes, "Anna")
    assert operations(ragunda) == before
    logged = {c.entity for c in history.log(ragunda.db, 1)[0].changes}
    assert logged == {"document", "import_mapping"}
    other = written("Rutinens namn;Sort", "Larm;Riktlinjer")
    with pytest.raises(LskError, match=r"kolumn ”Sort”: ”Riktlinjer” kan inte väljas\. Menade du riktlinje\?"):
        into(ragunda, "document", other)
    row = ragunda.db.execute("SELECT id FROM import_mapping WHERE from_value = 'Rutiner'").fetchone()
    with ragunda.change("Anna") as change:
        change.update("import_mapping", row["id"], {"from_value": "Riktlinjer", "to_value": "riktlinje"})
    assert into(ragunda, "document", other).changed == 1
    with ragunda.change("Anna") as change:
        title = ragunda.db.execute("SELECT id FROM import_mapping WHERE field = 'title'").fetchone()
        change.update("import_mapping", title["id"], {"field": "borttaget"})
    with pytest.raises(LskError, match="leder ”Rutinens namn” till fältet borttaget, som inte finns"):
        into(ragunda, "document", other)


def test_wishes_that_cannot_be_met_are_told(ragunda: Store, written: Callable[..., Path]) -> None:
    path, before = written("title;kind;Namn", "Larm;rutin;x"), operations(ragunda)
    for wish, told in (
        ({"maps": ("Namnn=title",)}, "Filen har ingen rubrik ”Namnn”. Menade du Namn?"),
        ({"maps": ("Namn",)}, "ska skrivas RUBRIK=fält"),
        ({"maps": ("Namn=titell",)}, "inget fält som heter ”titell”. Menade du title?"),
        ({"maps": ("Namn=title",)}, "flera kolumner för samma fält: title, Namn"),
        ({"values": ("kind=rutin",)}, "ska skrivas RUBRIK:cell=värde"),
        ({"values": ("Sort:x=rutin",)}, "Ingen kolumn som läses in heter ”Sort”."),
        ({"fixed": ("kind=rutin",)}, "kind finns redan i kolumnen ”kind”"),
        ({"fixed": ("rutin",)}, "ska skrivas fält=värde"),
        ({"key": "nyckel"}, "inget fält som heter ”nyckel”"),
        ({"excel_dates": ("Datum",)}, "Ingen kolumn som läses in heter ”Datum”."),
    ):
        with pytest.raises((LskError, Usage)) as error:
            into(ragunda, "document", path, **wish)
        assert told in str(error.value)
    assert operations(ragunda) == before


def test_an_unknown_unit_is_never_made(ragunda: Store, written: Callable[..., Path]) -> None:
    path, units = written(HEADING, "avvikelse;Hemtjänst nor;2026-11-03;Sent"), count(ragunda, "unit")
    with pytest.raises(LskError, match=r"Menade du Hemtjänst norr\? .*--value ”unit:Hemtjänst nor=…”"):
        into(ragunda, "deviation", path)
    assert count(ragunda, "unit") == units
    assert into(ragunda, "deviation", path, values=("unit:hemtjänst NOR=HTN",)).new == 1


def test_an_import_is_undone_whole(ragunda: Store, written: Callable[..., Path]) -> None:
    into(ragunda, "document", written("title;kind", "Larm;rutin"))
    counted = [count(ragunda, name) for name in ("document_version", "import_note", "import_mapping")]
    path = written("Rutin;version_number;valid_from", "Larm;1;[2021-05-07]")
    into(ragunda, "document_version", path, maps=("Rutin=document",), save_mapping=True)
    assert count(ragunda, "import_note") == count(ragunda, "import_mapping") == 1
    history.undo(ragunda, "Anna")
    assert [count(ragunda, name) for name in ("document_version", "import_note", "import_mapping")] == counted
    history.redo(ragunda, "Anna")
    assert count(ragunda, "import_note") == 1


# --- again and again --------------------------------------------------------------------------------------------------


def test_a_repeated_import_changes_what_is_different(ragunda: Store, written: Callable[..., Path]) -> None:
    first = written("title;kind;applies_to", "Larm;rutin;alla", "Lyft;rutin;natt", "Lås;rutin;")
    there = count(ragunda, "document")
    assert into(ragunda, "document", first, key="title").new == 3
    before = operations(ragunda)
    assert into(ragunda, "document", first, key="title").unchanged == 3
    assert operations(ragunda) == before
    second = written("title;kind;applies_to", "Larm;riktlinje;", "Lyft;rutin;natt", "Mat;rutin;alla")
    report = into(ragunda, "document", second, key="title")
    assert (report.new, report.changed, report.unchanged) == (1, 1, 1)
    changes = [(c.field, c.old, c.new) for c in history.log(ragunda.db, 1)[0].changes if c.kind == 2]
    assert changes == [("kind", "rutin", "riktlinje")]  # the empty cell took nothing away
    row = ragunda.db.execute("SELECT kind, applies_to FROM document WHERE title = 'Larm'").fetchone()
    assert tuple(row) == ("riktlinje", "alla")
    assert count(ragunda, "document") == there + 4


def test_a_dash_takes_a_value_away(ragunda: Store, written: Callable[..., Path]) -> None:
    into(ragunda, "document", written("title;kind;unit", "Larm;rutin;HTN"), key="title")
    assert into(ragunda, "document", written("title;unit", "Larm;–"), key="title").changed == 1
    assert ragunda.db.execute("SELECT unit FROM document WHERE title = 'Larm'").fetchone()[0] is None


def test_without_a_key_only_whole_rows_are_known_again(ragunda: Store, written: Callable[..., Path]) -> None:
    twice = written(HEADING, *["avvikelse;HTN;2026-11-03;Sent"] * 2)
    report = into(ragunda, "deviation", twice)
    assert report.new == 2 and "Ange en med --key" in report.notes[-1]
    assert into(ragunda, "deviation", twice).unchanged == 2
    three = written(HEADING, *["avvikelse;HTN;2026-11-03;Sent"] * 3)
    assert (into(ragunda, "deviation", three).unchanged, operations(ragunda)) == (2, operations(ragunda))
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 3


def test_declared_keys_are_used_without_asking(ragunda: Store, written: Callable[..., Path]) -> None:
    units = written("name;short_name;level", "Hemtjänst norr (ny);HTN;enhet", "Skogsgläntan;SKG;enhet")
    report = into(ragunda, "unit", units)
    assert (report.new, report.changed) == (1, 1)
    values = written("list;value;number;note", "levels;enhet;3;x", "levels;arbetslag;9;y")
    report = into(ragunda, "choice_value", values)
    assert (report.new, report.changed + report.unchanged) == (1, 1)


def test_the_same_key_twice_in_a_file(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written("title;kind", "Larm;rutin", "Larm;rutin", "Larm;riktlinje", ";rutin")
    with pytest.raises(LskError, match="Rad 4: samma ”Titel” som rad 2, men annat i övrigt") as error:
        into(ragunda, "document", path, key="title")
    assert "Rad 5: nyckeln ”Titel” är inte ifylld" in str(error.value)
    report = into(ragunda, "document", path, key="title", skip_bad=True)
    assert report.new == 1
    assert [line for line, _ in report.skipped] == [3, 4, 5]
    with ragunda.change("Anna") as change:
        change.insert("document", {"title": "Larm", "kind": "rutin"})
    with pytest.raises(LskError, match="2 poster i LSK har samma ”Titel”"):
        into(ragunda, "document", written("title;kind", "Larm;riktlinje"), key="title")


def test_bad_rows_are_skipped_only_when_asked(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written(
        HEADING + ";status", "avvikelse;HTN;2026-11-03;Bra;mottagen", "avvikelse;HTN;fel;Datum;mottagen",
        "avvikelse;HTN;2026-11-03;Regel;avslutad", "avvikelse;HTN;2026-11-03", "avvikelse;HTN;2026-11-03;;mottagen",
    )  # fmt: skip
    before = "\n".join(ragunda.db.iterdump())
    with pytest.raises(LskError):
        into(ragunda, "deviation", path)
    assert run(ragunda, "deviation", path, Options(skip_bad=True), "Anna", dry_run=True).new == 1
    assert "\n".join(ragunda.db.iterdump()) == before
    report = into(ragunda, "deviation", path, skip_bad=True)
    assert (report.read, report.new) == (5, 1)
    assert [line for line, _ in report.skipped] == [3, 4, 5, 6]
    assert any("är inte utredd" in why for _, why in report.skipped)


# --- bad files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"title;kind\r\nLarm,rutin\r\n", "Rad 2: 1 cell, men rubrikraden har 2. Raden har , mellan cellerna"),
        ("title;kind\r\nLås;rutin\r\nL\xe4s;rutin\r\n".encode() + b"L\xe5s;rutin\r\n", "rad 4 tecken 2: trasig UTF-8"),
        (b'title;kind\r\nLarm;rutin\r\n"Lyft;rutin\r\nMat;rutin\r\n', "rad 3–4 går inte att läsa som CSV"),
        (b"title;kind\r\nLarm;rutin;extra\r\n", "Rad 2: 3 celler, men rubrikraden har 2."),
        (b"title;kind;valid_from\r\nLarm;=A1;2\r\n", "Rad 2, kolumn ”kind”: ”=A1” kan inte väljas."),
        (b"title;kind;review_months\r\nLarm;rutin;=1+1\r\n", "Rad 2, kolumn ”review_months”: ”=1+1” är inget heltal"),
        (
            b"title;kind\r\nLarm;" + b"x" * 100_000,
            "Rad 2, kolumn ”kind”: cellen har 100000 tecken; här ryms högst 200.",
        ),
        (b"title;kind;review_months\r\nLarm;rutin;500\r\n", "Rad 2, kolumn ”review_months”:"),
    ],
)
def test_bad_input_is_told_by_line_and_column(ragunda: Store, tmp_path: Path, raw: bytes, told: str) -> None:
    path = tmp_path / "fel.csv"
    path.write_bytes(raw)
    before = operations(ragunda)
    with pytest.raises(LskError) as error:
        into(ragunda, "document", path)
    assert told in str(error.value)
    assert len(str(error.value)) < 1000
    assert operations(ragunda) == before


def test_what_a_spreadsheet_adds_does_no_harm(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written('title|"kind"|applies_to', "Larm|rutin|=SUM(A1)||", "||", "Lyft|rutin|natt")
    report = into(ragunda, "document", path)
    assert report.new == 2
    assert report.notes[0] == "Kolumnen ”applies_to” har formler (rad 2); de är lästa som text, inte uträknade."


# --- a whole register -------------------------------------------------------------------------------------------------

PLACES = ("norr", "söder", "öster")
KINDS = ("Hemtjänst", "Särskilt boende", "Gruppbostad", "Daglig verksamhet", "Nattpatrull")
UNITS = [f"{kind} {place}" for kind in KINDS for place in PLACES]
DIRTY = ("[2021-05-07]", "20xx-xx-xx", "2023-04-03, 2024-05-01", "", "3/4 2023", "25/4 2023", "vet ej", "3 maj 2022")
REGISTER = ("Rutinens namn", "Sort", "Verksamhet", "Fastställd", "Revideras senast", "Version", "Pärm")


def register() -> list[list[str]]:
    """A made-up register of 1 200 routines of 15 units, with the faults that registers have. The same every time."""
    chance, rows = random.Random(2011), []
    for number in range(1200):
        unit = UNITS[number % len(UNITS)]
        spelt = chance.choice([unit, unit, unit.upper(), unit.replace("Hemtjänst", "Hemtj.").replace("boende", "bo.")])
        sort = chance.choice(["rutin", "Rutin", "Rutiner", "riktlinje"])
        clean = [f"{chance.randint(2015, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}" for _ in "ab"]
        days = [chance.choice(DIRTY) if chance.random() < 0.15 else day for day in clean]
        rows.append([f"Rutin {number} för {unit}", sort, spelt, *days, str(1 + number % 4), f"Pärm {number % 7}"])
    for number in range(0, 1200, 150):
        rows.append(list(rows[number]))  # the same line again
    return rows


def test_a_routine_register_of_a_thousand_rows(
    ragunda: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ragunda.change("Anna") as change:
        change.insert_many(
            "unit",
            [
                {"name": n, "short_name": f"E{i}", "level": "enhet"}
                for i, n in enumerate(UNITS)
                if n != "Hemtjänst norr"
            ],
        )
    path, rows = tmp_path / "rutiner.csv", register()
    there = count(ragunda, "document")

    def write(lines: list[list[str]]) -> None:
        with path.open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows([REGISTER, *lines])

    write(rows)
    spelt = sorted({row[2] for row in rows if row[2].casefold() not in {u.casefold() for u in UNITS}})
    values = [
        f"--value=Verksamhet:{text}={text.replace('Hemtj.', 'Hemtjänst').replace('bo.', 'boende')}" for text in spelt
    ]
    maps = ("--map=Rutinens namn=title", "--map=Sort=kind", "--map=Verksamhet=unit", "--value=Sort:Rutiner=rutin")
    assert lsk("import", ragunda.path, "document", path, *maps, "--key=title") == 1
    refused = capsys.readouterr().err
    assert "Menade du Hemtjänst" in refused and "fel till." in refused
    assert count(ragunda, "document") == there

    assert lsk("import", ragunda.path, "document", path, *maps, *values, "--key=title", "--save-mapping", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["new"], len(told["skipped"])) == (1208, 1200, 8)
    assert told["unknown"] == ["Fastställd", "Revideras senast", "Version", "Pärm"]
    used = ragunda.db.execute("SELECT count(DISTINCT unit), count(*) FROM document WHERE unit IS NOT NULL")
    assert tuple(used.fetchone()) == (15, 1200)

    versions = (
        "--map=Rutinens namn=document", "--map=Fastställd=decided_on", "--map=Revideras senast=next_review",
        "--map=Version=version_number", "--key=document", "--save-mapping", "--json",
    )  # fmt: skip
    assert lsk("import", ragunda.path, "dokumentversion", path, *versions) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["unknown"]) == (1200, ["Sort", "Verksamhet", "Pärm"])
    dirty = [(n, cell) for n, row in enumerate(rows[:1200], 2) for cell in row[3:5] if cell in DIRTY]
    kept = [(n, cell) for n, cell in dirty if cell not in ("", "3 maj 2022")]
    assert [(k["line"], k["text"]) for k in told["kept"] if k["line"] <= 1201] == kept
    assert len(kept) > 200
    stored = ragunda.db.execute("SELECT raw_text, read_value FROM import_note").fetchall()
    assert len(stored) == len(kept)
    assert {tuple(row) for row in stored} == {
        ("[2021-05-07]", "2021-05-07"), ("20xx-xx-xx", None), ("2023-04-03, 2024-05-01", None),
        ("3/4 2023", None), ("25/4 2023", "2023-04-25"), ("vet ej", None),
    }  # fmt: skip

    before = operations(ragunda)
    for name in ("document", "document_version"):
        assert lsk("import", ragunda.path, name, path, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["new"], told["changed"], told["unchanged"]) == (0, 0, 1200)
    assert operations(ragunda) == before

    rows[3][1] = "riktlinje" if rows[3][1].casefold().startswith("rutin") else "rutin"
    write([*rows, ["Ny rutin", "rutin", UNITS[4], "2026-01-01", "", "1", ""]])
    assert lsk("import", ragunda.path, "document", path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["changed"], told["unchanged"]) == (1, 1, 1199)

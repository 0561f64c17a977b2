"""CSV out is what Excel and scripts read right; CSV in is read whole, judged by line, and saved all or not at all."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lsk import csvfiles
from lsk.change import Record
from lsk.cli import main
from lsk.errors import LskError
from lsk.imports import saving
from lsk.imports.mapping import Options
from lsk.imports.matching import planned
from lsk.imports.reading import read as reading_of
from lsk.model.vocabulary import Integer
from lsk.store import Store

Add = Callable[..., Record]
HEADING = "kind;unit;received_on;what_happened"


def read(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def errors_of(store: Store, path: Path, name: str = "deviation") -> list[str]:
    reading = reading_of(store, name, path)
    return [saving.sentence(*error) for error in sorted(reading.errors + planned(store, name, reading).errors)]


def save(store: Store, path: Path, name: str = "deviation") -> list[dict[str, Any]]:
    """Import a file of new records; what came of them."""
    before = {row[0] for row in store.db.execute(f'SELECT id FROM "{name}"')}
    report = saving.run(store, name, path, Options(), "Anna")
    rows = [dict(row) for row in store.db.execute(f'SELECT * FROM "{name}" ORDER BY ref') if row["id"] not in before]
    assert report.new == report.read == len(rows)
    return rows


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> Path:
        path = tmp_path / "in.csv"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    return write


# --- out --------------------------------------------------------------------------------------------------------------


def test_xs6_csv_holds_exactly_the_year(ragunda: Store, add: Add, tmp_path: Path) -> None:
    days = ("2025-12-31", "2026-01-01", "2026-06-15", "2026-12-31", "2027-01-01")
    made = {
        day: add("deviation", kind="avvikelse", unit="HTN", received_on=day, what_happened=f"Åäö ÅÄÖ – {day}")
        for day in days
    }
    add("action", text="Förra årets", unit="HTN", proposed_on="2025-12-31")
    csvfiles.export(ragunda, ["deviation", "action"], tmp_path / "ut", 2026)
    plain = read(tmp_path / "ut" / "deviation.csv")
    excel = read(tmp_path / "ut" / "deviation.excel.csv", "utf-8-sig", ";")
    assert {row["ref"] for row in plain} == {made[day].ref for day in days[1:4]}
    assert {row["Beteckning"] for row in excel} == {made[day].ref for day in days[1:4]}
    assert {row["what_happened"] for row in plain} == {f"Åäö ÅÄÖ – {day}" for day in days[1:4]}
    assert {row["Vad hände?"] for row in excel} == {f"Åäö ÅÄÖ – {day}" for day in days[1:4]}
    assert read(tmp_path / "ut" / "action.csv") == []
    csvfiles.export(ragunda, ["deviation", "action"], tmp_path / "alla")
    assert len(read(tmp_path / "alla" / "deviation.csv")) == 5
    assert len(read(tmp_path / "alla" / "action.csv")) == 1


def test_the_excel_form_opens_right_in_a_swedish_excel(ragunda: Store, add: Add, tmp_path: Path) -> None:
    check = add("self_check", name='Loggar; och "mer"', frequency="månad", unit="HTN")
    add("self_check_round", self_check=check.id, period="2026-01", due="2026-01-31", checked_count=3, compliant_count=2)
    add("unit", name="Säbo", short_name="SB", level="enhet", has_health_care=1)
    csvfiles.export(ragunda, ["self_check_round", "unit"], tmp_path)
    raw = (tmp_path / "self_check_round.excel.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfBeteckning;Egenkontroll;")
    (row,) = read(tmp_path / "self_check_round.excel.csv", "utf-8-sig", ";")
    label = ragunda.terms.field_label("self_check_round", "share")
    assert (row["Egenkontroll"], row[label], row["Antal kontrollerade"]) == ('Loggar; och "mer"', "66,7", "3")
    (row,) = read(tmp_path / "self_check_round.csv")
    assert (row["self_check"], row["share"], row["done_on"]) == (check.ref, "66.7", "")
    units = {row["short_name"]: row["has_health_care"] for row in read(tmp_path / "unit.csv")}
    assert (units["SB"], units["HTN"]) == ("ja", "")


FORMULAS = [
    "=1+1",
    "+46",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    '=HYPERLINK("http://x")',
    "'=1",
    "''=1",
    "'-",
    "'\n",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_run_as_a_formula(ragunda: Store, add: Add, tmp_path: Path, text: str) -> None:
    ragunda.db.execute("INSERT INTO person(name) VALUES (?)", (text,))
    csvfiles.export(ragunda, ["person"], tmp_path)
    (plain,) = read(tmp_path / "person.csv")
    (excel,) = read(tmp_path / "person.excel.csv", "utf-8-sig", ";")
    assert plain["name"] == excel["Namn"] == "'" + text


def test_a_negative_number_stays_a_number(ragunda: Store) -> None:
    assert csvfiles.excel_cell(ragunda.db, Integer("n"), -5) == "-5"
    assert csvfiles.plain_cell(ragunda.db, Integer("n"), -5) == -5


TEXTS = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=20)
TROUBLE = st.text(alphabet="'=+-@\"\n\r;,\tå ", min_size=1, max_size=6)


@pytest.fixture(scope="module")
def two_files(ragunda_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("rundtur")
    for name in ("a.db", "b.db"):
        shutil.copyfile(ragunda_file, folder / name)
    return folder / "a.db", folder / "b.db"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(texts=["'\n", " '=1", "''-\t"])
@given(texts=st.lists(st.one_of(TEXTS, TROUBLE).filter(str.strip), min_size=1, max_size=4))
def test_what_is_written_out_is_read_in_again_unharmed(
    texts: list[str], two_files: tuple[Path, Path], tmp_path: Path
) -> None:
    with Store.open(two_files[0]) as out, Store.open(two_files[1]) as back:
        for db in (out.db, back.db):
            db.execute("PRAGMA synchronous = OFF")
            db.execute("DELETE FROM person")
        out.db.executemany("INSERT INTO person(name) VALUES (?)", [(text,) for text in texts])
        csvfiles.export(out, ["person"], tmp_path)
        rows = {row["id"]: row["name"].strip() for row in save(back, tmp_path / "person.csv", "person")}
        assert rows == {row["id"]: row["name"].strip() for row in out.db.execute("SELECT id, name FROM person")}
        back.db.execute("DELETE FROM person")
        rows_of_excel = save(back, tmp_path / "person.excel.csv", "person")
        assert sorted(row["name"].strip() for row in rows_of_excel) == sorted(text.strip() for text in texts)


def test_a_whole_file_of_deviations_survives_the_round(
    ragunda: Store, add: Add, tmp_path: Path, ragunda_file: Path
) -> None:
    add(
        "deviation",
        kind="avvikelse",
        unit="HTN",
        received_on="2026-11-03",
        what_happened='=Åska\n"slog"; ned',
        origin="intern",
    )
    unit = dict(ragunda.db.execute("SELECT * FROM unit WHERE short_name = 'HTN'").fetchone())
    csvfiles.export(ragunda, ["unit", "deviation"], tmp_path)
    copy = tmp_path / "kopia.db"
    shutil.copyfile(ragunda_file, copy)
    with Store.open(copy) as other:
        with other.change("Anna") as change:
            change.insert("unit", {k: v for k, v in unit.items() if not k.endswith("_sort")})
        save(other, tmp_path / "deviation.csv")
        rows = [[tuple(r) for r in s.db.execute("SELECT * FROM deviation")] for s in (ragunda, other)]
    assert rows[0] == rows[1]


# --- in ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_what_excel_and_others_write_is_read(
    ragunda: Store, written: Callable[..., Path], encoding: str, delimiter: str, end: str
) -> None:
    lines = (HEADING, "klagomål;HTN;2026-11-03;Åkte fel – köket var låst", "avvikelse;Hemtjänst norr;20261104;Två")
    (first, second) = save(ragunda, written(*(l.replace(";", delimiter) for l in lines), encoding=encoding, end=end))  # noqa: E741
    assert (first["kind"], first["received_on"]) == ("klagomål", "2026-11-03")
    assert first["what_happened"] == "Åkte fel – köket var låst"
    assert (second["unit"], second["received_on"]) == (first["unit"], "2026-11-04")


def test_swedish_headings_and_quoted_cells_are_read(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written('"Typ";enhet;MOTTAGEN DEN;"Vad hände?"', 'avvikelse;HTN;2026-11-03;"Rad ett', 'rad två; ""citat"""')
    (row,) = save(ragunda, path)
    assert row["what_happened"] == 'Rad ett\r\nrad två; "citat"'


def test_errors_are_told_by_line_and_nothing_is_saved(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written(
        HEADING,
        "avvikelse;HTN;2026-11-03;Bra",
        "avvikelse;HTN;i fjol;Fel datum",
        "katastrof;HTN;2026-11-03;Fel slag",
        'avvikelse;HTN;2026-11-03;"Två',
        'rader"',
        "",
        "avvikelse;HTX;2026-11-03;Fel enhet",
        "avvikelse;HTN;2026-11-03;",
        "avvikelse;HTN;2026-11-03",
    )
    errors = errors_of(ragunda, path)
    assert sorted(error.split(":")[0].split(",")[0] for error in errors) == [
        "Rad 10",
        "Rad 3",
        "Rad 4",
        "Rad 8",
        "Rad 9",
    ]
    told = "\n".join(errors)
    for part in (
        "Rad 3, kolumn ”received_on”: ”i fjol” är inget datum", "Rad 4, kolumn ”kind”: ”katastrof”", "heter HTX",
        "saknas", "Rad 10: 3 celler, men rubrikraden har 4",
    ):  # fmt: skip
        assert part in told


def test_headings_that_are_not_known_are_reported(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written(HEADING + ";Vems fel", "avvikelse;HTN;2026-11-03;Sent;ingens")
    assert reading_of(ragunda, "deviation", path).mapping.unknown == ["Vems fel"]
    with pytest.raises(LskError, match=r"ingen rubrik som känns igen. Rubrikerna är: a, b"):
        reading_of(ragunda, "deviation", written("a;b", "1;2"))
    with pytest.raises(LskError, match=r"ingen rubrik som känns igen. Rubrikerna är: inga"):
        reading_of(ragunda, "deviation", written(""))
    with pytest.raises(LskError, match="flera kolumner för samma fält: kind, Typ"):
        reading_of(ragunda, "deviation", written("kind;Typ;unit", "avvikelse;klagomål;HTN"))


def test_what_is_no_csv_is_refused(ragunda: Store, tmp_path: Path, written: Callable[..., Path]) -> None:
    path = tmp_path / "bok.csv"
    path.write_bytes(b"PK\x03\x04\x00\x00")
    with pytest.raises(LskError, match="är ingen CSV-fil"):
        reading_of(ragunda, "deviation", path)
    path.write_bytes("kind;unit".encode("utf-16"))
    with pytest.raises(LskError, match="är ingen CSV-fil"):
        reading_of(ragunda, "deviation", path)
    path.write_bytes(b"kind;unit\r\n\xff\x81;HTN\r\n")
    with pytest.raises(LskError, match="rad 2 tecken 2 är varken UTF-8 eller Windows-1252"):
        reading_of(ragunda, "deviation", path)
    with pytest.raises(LskError, match="kan inte läsas"):
        reading_of(ragunda, "deviation", tmp_path / "saknas.csv")
    with pytest.raises(LskError, match="rad 2 går inte att läsa som CSV"):
        reading_of(ragunda, "deviation", written(HEADING, 'avvikelse;HTN;2026-11-03;"fel"citat'))


def test_a_very_long_cell_is_kept_whole(ragunda: Store, written: Callable[..., Path]) -> None:
    long = "ö" * 200_000
    (row,) = save(ragunda, written(HEADING, f"avvikelse;HTN;2026-11-03;{long}"))
    assert row["what_happened"] == long


def test_what_was_written_out_is_known_again(ragunda: Store, add: Add, tmp_path: Path) -> None:
    add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03", what_happened="Sent")
    csvfiles.export(ragunda, ["deviation"], tmp_path)
    operations = ragunda.db.execute("SELECT max(id) FROM sync_op").fetchone()[0]
    for file in ("deviation.csv", "deviation.excel.csv"):
        report = saving.run(ragunda, "deviation", tmp_path / file, Options(), "Anna")
        assert (report.new, report.changed, report.unchanged, report.unknown) == (0, 0, 1, [])
    assert ragunda.db.execute("SELECT max(id) FROM sync_op").fetchone()[0] == operations


def test_an_id_that_is_none_is_told_by_line(ragunda: Store, written: Callable[..., Path]) -> None:
    path = written("id;" + HEADING, "17;avvikelse;HTN;2026-11-03;Sent", ";avvikelse;HTN;2026-11-03;Sent")
    assert errors_of(ragunda, path) == ["Rad 2, kolumn ”id”: ”17” är inget id. Lämna kolumnen id tom för nya poster."]


# --- the command ------------------------------------------------------------------------------------------------------


def run(*args: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in args])
    return int(ended.value.code or 0)


def test_a_dry_run_writes_nothing(
    ragunda: Store, written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(HEADING, "avvikelse;HTN;2026-11-03;Sent", "avvikelse;HTN;2026-11-04;Igen")
    before = "\n".join(ragunda.db.iterdump())
    assert run("import", ragunda.path, "avvikelse", path, "--dry-run") == 0
    assert "2 avvikelser kan läsas in av 2 rader: 2 nya" in capsys.readouterr().out
    assert "\n".join(ragunda.db.iterdump()) == before
    assert run("import", ragunda.path, "avvikelse", path) == 0
    assert "2 avvikelser är inlästa av 2 rader: 2 nya" in capsys.readouterr().out
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 2
    assert len(ragunda.search("igen")) == 1


def test_a_faulty_file_is_refused_whole_with_every_line(
    ragunda: Store, written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(HEADING, *["avvikelse;HTN;2026-11-03;Bra"] * 3, *["avvikelse;HTN;fel;Dålig"] * 25)
    assert run("import", ragunda.path, "deviation", path) == 1
    told = capsys.readouterr().err
    assert told.count("är inget datum") == saving.MOST_ERRORS
    assert "… och 5 fel till." in told and "Inget är sparat." in told
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 0


def test_a_rule_refuses_the_whole_import(
    ragunda: Store, written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        HEADING + ";status", "avvikelse;HTN;2026-11-03;Bra;mottagen", "avvikelse;HTN;2026-11-03;Dålig;avslutad"
    )
    assert run("import", ragunda.path, "deviation", path) == 1
    assert "den är inte utredd. (R36" in capsys.readouterr().err
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 0


def test_export_names_what_it_wrote_and_refuses_what_has_no_year(
    ragunda: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", ragunda.path, "avvikelser", "--to", tmp_path / "ut", "--year", "2026") == 0
    assert "2 filer är skrivna" in capsys.readouterr().out
    assert sorted(p.name for p in (tmp_path / "ut").iterdir()) == ["deviation.csv", "deviation.excel.csv"]
    assert run("export", ragunda.path, "unit", "--to", tmp_path / "ut", "--year", "2026") == 1
    assert "har inget eget datum" in capsys.readouterr().err

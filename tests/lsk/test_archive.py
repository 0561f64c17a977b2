"""The archive: whole, readable with Python alone, and every change to it found."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from lsk import cli
from lsk.archive import write as writing
from lsk.archive.write import APPLICATION_ID, DATABASE, HISTORY, SUMS, TABLES, write
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import Store

DAY = date(2026, 11, 3)


@pytest.fixture(scope="module")
def archive(sample_file: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's archive up to the year before. To be read, or copied."""
    folder = tmp_path_factory.mktemp("arkiv") / "arkiv-2025"
    with Store.open(sample_file("ragunda", today=DAY), readonly=True, today=DAY) as store:
        write(store, 2025, folder)
    return folder


@pytest.fixture
def copy(archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(archive, tmp_path / "kopia"))


def read(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the script beside says, run by a bare Python: no packages of anybody's, and not in this folder."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "las_arkiv.py")],
        capture_output=True, text=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    )  # fmt: skip


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        return db.execute(sql).fetchall()


def test_bare_python_reads_every_table_and_finds_nothing_wrong(archive: Path) -> None:
    done = read(archive)
    assert (done.returncode, done.stderr) == (0, "")
    told = {line.split()[1]: int(line.split()[0]) for line in done.stdout.splitlines() if line[:1] == " "}
    assert set(told) == {*ENTITIES, HISTORY}
    assert told["deviation"] > 0 and told["requirement"] > 0
    assert sum(told.values()) == sum(rows(archive, f'SELECT count(*) FROM "{name}"')[0][0] for name in told)  # type: ignore[misc]


def test_it_holds_what_it_says(archive: Path) -> None:
    names = {path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file()}
    assert names == {
        DATABASE, SUMS, "LAS_MIG.md", "datakatalog.md", "las_arkiv.py",
        *(f"{TABLES}/{name}.csv" for name in (*ENTITIES, HISTORY)),
    }  # fmt: skip
    about = (archive / "LAS_MIG.md").read_text(encoding="utf-8")
    assert "Lövsjö kommun" in about and "2025-12-31" in about and "Personuppgifter" in about


def test_it_stops_at_the_end_of_the_year_and_leads_nowhere_else(
    archive: Path, sample_file: Callable[..., Path]
) -> None:
    assert rows(archive, "PRAGMA foreign_key_check") == []
    with closing(sqlite3.connect(sample_file("ragunda", today=DAY))) as db:
        until, later = (
            {row[0] for row in db.execute(f"SELECT id FROM deviation WHERE received_on {sign} '2025-12-31'")}
            for sign in ("<=", ">")
        )
    there = {row[0] for row in rows(archive, "SELECT id FROM deviation")}
    assert until and until <= there
    assert later and not later & there
    about = {year for (year,) in rows(archive, "SELECT year FROM report")}
    assert max(about) == 2025, "a report of the year is handed in the year after, and belongs to the year"
    assert rows(archive, "SELECT count(*) FROM investigation WHERE deviation NOT IN (SELECT id FROM deviation)") == [
        (0,)
    ]


def test_csv_and_database_say_the_same(archive: Path) -> None:
    with (archive / TABLES / "deviation.csv").open(encoding="utf-8", newline="") as file:
        listed = [row["what_happened"] for row in csv.DictReader(file)]
    assert listed == [row[0] for row in rows(archive, "SELECT what_happened FROM deviation ORDER BY rowid")]
    assert any(letter in "".join(listed) for letter in "åäö")


def test_the_history_of_the_year_says_who_changed_what(ragunda: Store, tmp_path: Path) -> None:
    with ragunda.change("Anna", "rättar") as change:
        change.update("unit", ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0],
                      {"name": "Hemtjänst syd"})  # fmt: skip
    year = int(ragunda.db.execute("SELECT max(at) FROM change_set").fetchone()[0][:4])
    write(ragunda, year, tmp_path / "i år")
    told = f"SELECT vem, varfor, fore, efter FROM {HISTORY} WHERE tabell = 'unit' AND kolumn = 'name' AND fore NOT NULL"
    assert rows(tmp_path / "i år", told) == [("Anna", "rättar", "Hemtjänst norr", "Hemtjänst syd")]
    write(ragunda, year - 1, tmp_path / "i fjol")
    assert rows(tmp_path / "i fjol", f"SELECT count(*) FROM {HISTORY}") == [(0,)]
    assert read(tmp_path / "i fjol").returncode == 0


def test_a_year_without_anything_is_an_archive_too(archive: Path, ragunda: Store, tmp_path: Path) -> None:
    done = write(ragunda, 1990, tmp_path / "tomt")
    assert done.tables["deviation"] == 0
    assert read(tmp_path / "tomt").returncode == 0


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda f: (f / "datakatalog.md").unlink(), "datakatalog.md saknas"),
        (lambda f: (f / "ny.txt").write_text("x", encoding="utf-8"), f"ny.txt finns inte i {SUMS}"),
        (lambda f: (f / TABLES / "unit.csv").unlink(), f"{TABLES}/unit.csv saknas"),
        (lambda f: change_csv(f), "unit: rad 1 är inte samma"),
        (lambda f: change_database(f), "risk: rad"),
        (lambda f: (f / DATABASE).write_bytes(b"ingen databas" * 99), "går inte att läsa"),
        (lambda f: (f / SUMS).unlink(), f"{SUMS} saknas"),
    ],
    ids=["gone", "added", "table gone", "csv changed", "database changed", "database broken", "sums gone"],
)
def test_every_harm_is_found(copy: Path, harm: Callable[[Path], object], told: str) -> None:
    harm(copy)
    done = read(copy)
    assert done.returncode == 1
    assert told in done.stderr and "Traceback" not in done.stderr


def change_csv(folder: Path) -> None:
    """One cell, with the checksum made to fit: the comparison itself must find it."""
    path = folder / TABLES / "unit.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], "x" + lines[1], *lines[2:]]), encoding="utf-8", newline="")
    (folder / SUMS).unlink()
    (folder / SUMS).write_text(writing.sums(folder), encoding="utf-8")


def change_database(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("DELETE FROM risk WHERE rowid = (SELECT max(rowid) FROM risk)")


# --- how it is written ------------------------------------------------------------------------------------------------


def test_reports_come_along_with_their_manifests(ragunda: Store, tmp_path: Path) -> None:
    reports = tmp_path / "rapporter 2025"
    (reports / "tabeller").mkdir(parents=True)
    for name in ("kvalitetsberättelse.docx", "manifest.json", "tabeller/avvikelser.csv"):
        (reports / name).write_bytes(name.encode())
    done = write(ragunda, 2025, tmp_path / "arkiv", reports)
    assert done.reports == 3
    assert (tmp_path / "arkiv" / "rapporter" / "kvalitetsberättelse.docx").is_file()
    assert read(tmp_path / "arkiv").returncode == 0
    (reports / "manifest.json").unlink()
    with pytest.raises(LskError, match="ingen rapport med manifest"):
        write(ragunda, 2025, tmp_path / "annat", reports)
    assert not (tmp_path / "annat").exists()


def test_nothing_half_written_is_left(ragunda: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_tables", full)
    with pytest.raises(LskError, match=r"disken är full\. Inget arkiv är skrivet"):
        write(ragunda, 2025, tmp_path / "arkiv")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_an_archive_is_never_written_over(archive: Path, ragunda: Store, copy: Path) -> None:
    with pytest.raises(LskError, match="finns redan och är inte tom"):
        write(ragunda, 2025, copy)
    assert read(copy).returncode == 0


def test_the_database_is_no_file_of_the_program(copy: Path) -> None:
    assert rows(copy, "PRAGMA application_id") == [(APPLICATION_ID,)]
    with pytest.raises(LskError, match="databas från ett annat program"):
        Store.open(copy / DATABASE)


def test_the_command_says_where_it_is_and_that_names_are_in_it(
    ragunda: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["archive", str(ragunda.path), "--year", "2199", "--to", str(tmp_path / "arkiv")])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Personuppgifter finns kvar" in told and "2199 är inte slut än" in told and "las_arkiv.py" in told

"""Towns with next to nothing, folders with other things, disks and programs that fail: a clear sentence, and never a
half-written publication or a small number."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lsk.cli import main
from lsk.errors import LskError
from lsk.publish import cubes, publish, write
from lsk.publish.deviations import CUBES
from lsk.publish.earlier import REGISTER, read_earlier
from lsk.publish.vocabulary import ALL
from lsk.store import Store
from tests.publish.example import TODAY
from tests.publish.test_publish import rows

HERE = Path(__file__).parents[2]


@pytest.fixture
def empty(tmp_path):
    """A file with the profile and no events."""
    (tmp_path / "kommun").mkdir()
    with Store.create(tmp_path / "kommun" / "tom.db", "ragunda", today=TODAY) as store:
        yield store


def add(store, year, counts, unit="Hemtjänsten"):
    """Deviations of each kind in a year, at one unit."""
    with store.change("Anna", "händelser") as change:
        found = store.db.execute("SELECT id FROM unit WHERE name = ?", (unit,)).fetchone()
        short = unit[:3].upper()
        unit_id = found[0] if found else change.insert("unit", {"name": unit, "short_name": short, "level": "enhet"}).id
        for kind, count in counts.items():
            for _ in range(count):
                row = {"kind": kind, "unit": unit_id, "received_on": f"{year}-02-03", "what_happened": "x"}
                change.insert("deviation", {**row, "track": "lokal"})


def numbers(path):
    return [row[c.name] for cube in CUBES for row in rows(path, cube.name) for c, _ in cube.measures]


def shown(path, table, **by):
    return [row["antal"] for row in rows(path, table) if all(row[name] == value for name, value in by.items())]


def test_a_file_without_events_is_published_with_zeros(empty, tmp_path):
    assert set(numbers(publish(empty, tmp_path / "ut").path)) == {0}


def test_an_empty_year_between_others_is_zeros(empty, tmp_path):
    add(empty, 2024, {"avvikelse": 9})
    add(empty, 2026, {"avvikelse": 7})
    path = publish(empty, tmp_path / "ut").path
    assert shown(path, "avvikelser_per_slag_ar", slag=ALL) == [9, 0, 7]
    assert set(shown(path, "avvikelser_per_enhet_ar", ar=2025)) == {0}


def test_one_unit_only_tells_no_small_number(empty, tmp_path):
    add(empty, 2026, {"avvikelse": 12, "klagomål": 2, "synpunkt": 1})
    path = publish(empty, tmp_path / "ut").path
    assert {n for n in numbers(path) if n} and not {n for n in numbers(path) if n and n < 5}
    assert shown(path, "avvikelser_per_enhet_ar", enhet="Hemtjänsten") == shown(
        path, "avvikelser_per_enhet_ar", enhet=ALL
    )


def test_every_count_under_five_is_a_publication_with_nothing_but_zeros(empty, tmp_path):
    for unit in ("Hemtjänsten", "Almgården"):
        add(empty, 2025, {"avvikelse": 1, "klagomål": 1}, unit)
    path = publish(empty, tmp_path / "ut").path
    assert set(numbers(path)) == {0, None}
    assert shown(path, "avvikelser_per_slag_ar", slag=ALL, ar=2025) == [None]


def test_a_unit_renamed_between_publications_is_the_same_unit(store, tmp_path):
    out = tmp_path / "ut"
    first = publish(store, out)
    with store.change("Anna", "nytt namn") as change:
        unit = store.db.execute("SELECT id FROM unit WHERE name = 'Almgården'").fetchone()[0]
        change.update("unit", unit, {"name": "Ängsbacken"})
    before = rows(first.path, "avvikelser_per_enhet_ar")
    register = json.loads((out / REGISTER).read_text(encoding="utf-8"))
    again = publish(store, out)
    assert json.loads((out / REGISTER).read_text(encoding="utf-8")) == register
    named = [{**row, "enhet": row["enhet"].replace("Almgården", "Ängsbacken")} for row in before]

    def by_unit(row):
        return row["ar"], row["enhet"], row["handelse"]

    assert sorted(rows(again.path, "avvikelser_per_enhet_ar"), key=by_unit) == sorted(named, key=by_unit)


def test_two_units_of_one_name_are_told_apart(empty, tmp_path):
    with empty.change("Anna", "enheter") as change:
        for short in ("NN", "SS"):
            change.insert("unit", {"name": "Nattpatrullen", "short_name": short, "level": "enhet"})
    units = empty.db.execute("SELECT id FROM unit WHERE name = 'Nattpatrullen'").fetchall()
    with empty.change("Anna", "händelser") as change:
        for (unit,) in units:
            row = {"kind": "avvikelse", "unit": unit, "received_on": "2026-02-03", "what_happened": "x"}
            change.insert("deviation", {**row, "track": "lokal"})
    found = {row["enhet"] for row in rows(publish(empty, tmp_path / "ut").path, "avvikelser_per_enhet_ar")}
    assert found == {"Nattpatrullen (NN)", "Nattpatrullen (SS)", ALL}


def test_a_publication_from_an_older_program_version_is_held_against(store, tmp_path):
    """It had fewer tables, and a register of the first format."""
    out = tmp_path / "ut"
    done = publish(store, out)
    with sqlite3.connect(done.path) as db:
        for table in ("avvikelser_per_enhet_ar", "avvikelser_per_slag_ar"):
            db.execute(f"DROP TABLE {table}")
    (day, cells), *_ = read_earlier(done.path, CUBES).publications
    old = [[table, row, column, n, n is None] for (table, row, column), n in cells.items() if "kvartal" in table]
    (out / REGISTER).write_text(json.dumps({"format": 1, "dag": day, "celler": old}), encoding="utf-8")
    add(store, 2026, {"klagomål": 1})
    again = publish(store, out)
    held = read_earlier(again.path, CUBES).publications
    assert [len(cells) for _, cells in held] == [len(old), len(numbers(again.path))]
    assert not [n for n in numbers(again.path) if n and n < 5]


# --- the folder ------------------------------------------------------------------------------------------------------


def run(*args):
    with pytest.raises(SystemExit) as end:
        main([str(arg) for arg in args])
    return end.value.code


def test_a_folder_with_the_municipalitys_own_file_is_refused(store, capsys):
    folder = store.path.parent
    before = sorted(folder.iterdir())
    assert run("publish", store.path, folder) == 1
    said = capsys.readouterr().err
    assert "ragunda.db" in said and "egen mapp" in said and len(said.splitlines()) == 1
    assert sorted(folder.iterdir()) == before


def test_another_file_by_the_name_of_the_publication_is_not_overwritten(store, tmp_path, capsys):
    with sqlite3.connect(tmp_path / "namnd.db") as db:
        db.execute("CREATE TABLE eget (a)")
    before = (tmp_path / "namnd.db").read_bytes()
    assert run("publish", store.path, tmp_path) == 1
    assert "ingen publicering" in capsys.readouterr().err
    (tmp_path / "namnd.db").write_bytes(b"text")
    assert run("publish", store.path, tmp_path) == 1
    assert before and (tmp_path / "namnd.db").read_bytes() == b"text" and not (tmp_path / REGISTER).exists()


def test_other_files_in_the_folder_are_left_alone(store, tmp_path):
    (tmp_path / "anteckningar.txt").write_text("mitt", encoding="utf-8")
    assert run("publish", store.path, tmp_path) == 0
    assert (tmp_path / "anteckningar.txt").read_text(encoding="utf-8") == "mitt"


def test_a_file_instead_of_a_folder_is_said_so(store, tmp_path, capsys):
    (tmp_path / "ut").write_text("en fil", encoding="utf-8")
    assert run("publish", store.path, tmp_path / "ut") == 1
    assert "ingen mapp" in capsys.readouterr().err


# --- what fails meanwhile --------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_publication(store, tmp_path, monkeypatch):
    """SQLite is given room for a few pages, and says itself that the disk is full."""
    out = tmp_path / "ut"
    done = publish(store, out)
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    add(store, 2026, {"avvikelse": 6})
    create = write.create

    def cramped(db, *args):
        db.execute("PRAGMA max_page_count = 12")
        create(db, *args)

    monkeypatch.setattr(write, "create", cramped)
    with pytest.raises(LskError, match="disken är full"):
        publish(store, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == files
    monkeypatch.undo()
    assert publish(store, out).path == done.path and (out / "namnd.db").read_bytes() != files["namnd.db"]


KILLED = """
import sys
from pathlib import Path
from lsk.publish import publish, write
from lsk.store import Store

create = write.create

def halfway(db, part):
    create(db, part)
    if part.table.name == sys.argv[3]:
        print("halvvägs", flush=True)
        sys.stdin.read()

write.create = halfway
with Store.open(Path(sys.argv[1]), readonly=True) as store:
    publish(store, Path(sys.argv[2]))
"""


def test_a_kill_leaves_the_old_publication_and_the_next_one_cleans_up(store, tmp_path):
    out = tmp_path / "ut"
    publish(store, out)
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    command = [sys.executable, "-X", "utf8", "-c", KILLED, str(store.path), str(out), "arshjul"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=HERE) as child:
        assert child.stdout is not None and child.stdout.readline() == "halvvägs\n"
        child.kill()
    assert {name: (out / name).read_bytes() for name in files} == files
    publish(store, out)
    assert sorted(path.name for path in out.iterdir()) == sorted(files)


def test_no_locale_is_no_hindrance(store, tmp_path):
    plain = {name: value for name, value in os.environ.items() if name not in ("LANG", "LANGUAGE", "PYTHONIOENCODING")}
    command = [sys.executable, "-X", "utf8=0", "-m", "lsk.cli", "publish", str(store.path), str(tmp_path / "ut")]
    environment = {**plain, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(command, env=environment, cwd=HERE, capture_output=True, check=False)
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert (tmp_path / "ut" / "namnd.db").exists()


# --- when a number could be told -------------------------------------------------------------------------------------


def only_the_small(system, threshold, *, totals):
    """A protection that forgets what else would give the small numbers away."""
    return {cell for cell, number in system.values.items() if 0 < number < threshold}


def test_a_publication_that_tells_a_hidden_number_is_refused_and_says_what_to_do(store, tmp_path, monkeypatch):
    monkeypatch.setattr(cubes, "hide", only_the_small)
    out = tmp_path / "ut"
    coarse: list[str] = []
    while not out.exists():
        try:
            publish(store, out)
            break
        except LskError as refused:
            said = str(refused)
        assert "räknas fram" in said and not out.exists()
        table = said.partition('value="')[2].rstrip('"').split()[-1]
        assert next(cube.title for cube in CUBES if cube.name == table) in said
        coarse.append(table)
        with store.change("Anna", "grövre") as change:
            held = store.db.execute("SELECT id, ref FROM setting WHERE key = 'publication_coarse'").fetchone()
            if held:
                assert f"lsk set {store.path} {held[1]}" in said
                change.update("setting", held[0], {"value": " ".join(coarse)})
            else:
                assert f"lsk add {store.path} setting key=publication_coarse" in said
                change.insert("setting", {"key": "publication_coarse", "value": table})
    assert len(coarse) == len(set(coarse)) > 0
    for cube in CUBES:
        if cube.name in coarse:
            assert {row[name] for row in rows(out / "namnd.db", cube.name) for name in cube.totals} == {ALL}


def test_when_no_table_can_be_coarser_a_higher_threshold_is_named(store, tmp_path, monkeypatch):
    with store.change("Anna", "grövre") as change:
        every = " ".join(cube.name for cube in CUBES)
        change.insert("setting", {"key": "publication_coarse", "value": every})
    monkeypatch.setattr(cubes, "hide", lambda system, threshold, *, totals: set(list(system.values)[:1]))
    with pytest.raises(LskError, match="publication_threshold"):
        publish(store, tmp_path / "ut")


def test_a_copy_published_elsewhere_is_the_same(store, tmp_path):
    out = publish(store, tmp_path / "ut").path
    shutil.copytree(tmp_path / "ut", tmp_path / "kopia")
    assert publish(store, tmp_path / "kopia").path.read_bytes() == out.read_bytes()

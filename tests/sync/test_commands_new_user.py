"""What somebody who has only the handbook stumbles on: each way out that a sentence names is one that works."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lsk.cli import cli, main
from lsk.errors import LskError, Usage
from lsk.terms import numbered
from sync import keys
from sync.conflicts import conflicts
from sync.exchange import exchange
from sync.verify import verify
from tests.sync.world import ACTOR, World

Make = Callable[..., World]


def lsk(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], input=typed)


def refused(*arguments: object, typed: str = "") -> str:
    """The sentence a command ends with."""
    error = lsk(*arguments, typed=typed).exception
    assert isinstance(error, LskError), error
    return str(error)


def contested(world: Make, count: int) -> tuple[World, list[str]]:
    """Main and NORD with ``count`` deviations whose text both have changed, synced."""
    w = world()
    rows = [w.deviation("main", "NORD", "Före") for _ in range(count)]
    w.make("NORD")
    for name in ("NORD", "main"):
        for row in rows:
            w.set(name, "deviation", row, what_happened=name)
    w.sync("NORD")
    return w, rows


# --- conflicts -------------------------------------------------------------------------------------------------


def test_a_code_stays_with_its_conflict_and_means_no_other(world: Make) -> None:
    w, rows = contested(world, 3)
    before = {c.record: c.code for c in conflicts(w["main"])}
    assert len(set(before.values())) == 3 and before == {c.record: c.code for c in conflicts(w["NORD"])}
    path = w.path("main")
    w.close()
    listed = lsk("conflicts", path).output
    assert all(code in listed for code in before.values())
    decided = lsk("conflicts", path, "--decide", before[rows[0]].upper(), "--take", "theirs", "--as", ACTOR)
    assert decided.exit_code == 0 and "2 konflikter kvar" in decided.output
    assert {c.record: c.code for c in conflicts(w["main"])} == {row: before[row] for row in rows[1:]}
    w.close()
    again = refused("conflicts", path, "--decide", before[rows[0]], "--take", "ours")
    assert "finns inte. Den är avgjord" in again
    for number in (1, 2):
        assert "Ange konfliktens kod" in refused("conflicts", path, "--decide", number, "--take", "ours")
    assert [w.get("main", "deviation", row, "what_happened") for row in rows] == ["NORD", "main", "main"]
    w.close()
    assert "1 konflikt kvar" in lsk("conflicts", path, "--decide", before[rows[2]], "--take", "Tredje").output
    assert w.get("main", "deviation", rows[2], "what_happened") == "Tredje"


def test_a_code_from_before_another_value_came_decides_nothing(world: Make) -> None:
    w, (row,) = contested(world, 1)
    (old,) = conflicts(w["main"])
    w.set("NORD", "deviation", row, what_happened="NORD igen")
    w.set("main", "deviation", row, what_happened="main igen")
    w.sync("NORD")
    (new,) = conflicts(w["main"])
    assert new.code != old.code
    w.close()
    assert "fått nya värden" in refused("conflicts", w.path("main"), "--decide", old.code, "--take", "theirs")
    assert w.get("main", "deviation", row, "what_happened") == new.sides[0].value


def test_the_sync_names_the_code(world: Make) -> None:
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    for name in ("NORD", "main"):
        w.set(name, "deviation", row, what_happened=name)
    w.close()
    said = lsk("sync", w.path("main"), w.path("NORD")).output
    assert f"[{conflicts(w['main'])[0].code}]" in said and "--decide KOD" in said


def test_codes_that_begin_alike_are_made_longer(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.conflicts.CODE_LENGTH", 0)
    w, _ = contested(world, 3)
    codes = [c.code for c in conflicts(w["main"])]
    assert len(set(codes)) == 3 and 1 <= len(codes[0]) < 5


# --- a main file that is lost, or its key ----------------------------------------------------------------------


def test_a_restored_main_file_gets_back_what_the_units_have(world: Make, tmp_path: Path) -> None:
    """The way that the sentence and the handbook name, step by step."""
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    w.close()
    backup = Path(shutil.copyfile(w.path("main"), tmp_path / "kopia.db"))
    late = w.deviation("main", "NORD", "Efter kopian")
    w.set("NORD", "deviation", row, what_happened="Ändrad i enheten")
    w.sync("NORD")
    unsent = w.deviation("NORD", "NORD", "Aldrig skickad")
    w.close()
    shutil.copyfile(backup, w.path("main"))
    path, unit, out = w.path("main"), w.path("NORD"), tmp_path / "ut"
    said = refused("sync", path, unit)
    assert "äldre än" in said and "lsk export" in said and "lsk import" in said and "”Återställd huvudfil”" in said
    assert lsk("export", unit, "avvikelse", "--to", out).exit_code == 0
    brought = lsk("import", path, "avvikelse", out / "deviation.csv", "--as", ACTOR)
    assert "3 avvikelser är inlästa av 3 rader: 2 nya, 1 ändrad, 0 oförändrade, 0 överhoppade." in brought.output
    assert lsk("unit-file", path, "--revoke", "NORD", "--yes").exit_code == 0
    assert lsk("unit-file", path, "NORD", w.path("ny")).exit_code == 0
    for name in ("main", "ny"):
        texts = [w.get(name, "deviation", record, "what_happened") for record in (row, late, unsent)]
        assert texts == ["Ändrad i enheten", "Efter kopian", "Aldrig skickad"]
    w.set("ny", "deviation", unsent, what_happened="Och vidare")
    w.sync("ny")
    assert w.get("main", "deviation", unsent, "what_happened") == "Och vidare"
    assert [verify(w[name]) for name in ("main", "ny")] == [[], []]


@pytest.fixture
def met(world: Make, tmp_path: Path) -> tuple[World, str]:
    """Main and NORD that have met through a folder, and the folder."""
    w, hub = world("NORD"), tmp_path / "delad"
    hub.mkdir()
    w.deviation("main", "NORD", "Före")
    w.close()
    for name in ("NORD", "main", "NORD", "main"):
        exchange(w.path(name), str(hub), ACTOR)
    return w, str(hub)


def test_a_main_file_whose_key_is_lost_gets_a_new_one(met: tuple[World, str]) -> None:
    w, hub = met
    path = w.path("main")
    own = keys.key_file(w["main"].file.replica)
    w.deviation("NORD", "NORD", "På väg")
    w.close()
    exchange(w.path("NORD"), hub, ACTOR)
    own.unlink()
    said = refused("sync", path, "--hub", hub)
    assert f"lsk key {path} --load" in said and f"lsk key {path} --new" in said and "unit-file" not in said
    assert f"lsk key {path} --new" in lsk("key", path).output
    assert not own.exists() and lsk("key", path, "--new").exit_code == 1  # no answer
    done = lsk("key", path, "--new", "--as", ACTOR, typed="ja\n")
    assert done.exit_code == 0 and own.exists() and f"(NORD): lsk sync {path} ENHETSFIL" in done.output
    assert "gav huvudfilen en ny nyckel" in lsk("log", path, "--limit", 1).output
    assert verify(w["main"]) == []
    w.close()
    exchange(path, hub, ACTOR)
    told = exchange(w.path("NORD"), hub, ACTOR)
    assert "ska filerna synkas direkt" in " ".join(told.fetched.refused)
    assert lsk("sync", path, w.path("NORD")).exit_code == 0
    row = w.deviation("main", "NORD", "Efter den nya nyckeln")
    w.close()
    for name in ("main", "NORD", "main"):
        assert exchange(w.path(name), hub, ACTOR).fetched.refused == []
    assert w.get("NORD", "deviation", row, "what_happened") == "Efter den nya nyckeln"
    assert [verify(w[name]) for name in ("main", "NORD")] == [[], []]


def test_a_new_key_makes_no_forged_seal_good(met: tuple[World, str]) -> None:
    w, _ = met
    w.raw("main", "UPDATE sync_seal SET signature = zeroblob(64) WHERE signer = 1 AND stream = 1")
    assert any("underskriften stämmer inte" in f.sentence for f in verify(w["main"]))
    keys.key_file(w["main"].file.replica).unlink()
    w.close()
    assert lsk("key", w.path("main"), "--new", "--yes").exit_code == 0
    assert any("underskriften stämmer inte" in f.sentence for f in verify(w["main"]))


def test_a_key_that_is_not_lost_is_not_renewed(met: tuple[World, str]) -> None:
    w, _ = met
    w.close()
    assert "finns på den här datorn" in refused("key", w.path("main"), "--new", "--yes")
    keys.key_file(w["NORD"].file.replica).unlink()
    w.close()
    said = refused("key", w.path("NORD"), "--new", "--yes")
    assert "kan inte få ny nyckel" in said and "--revoke NORD" in said


def test_the_key_command_looks_before_it_asks(world: Make, tmp_path: Path) -> None:
    w = world("NORD")
    w.close()
    missing = lsk("key", w.path("main"), "--load", tmp_path / "borta")
    assert "den finns inte" in str(missing.exception) and "Lösenfras" not in missing.output
    there = tmp_path / "finns"
    there.write_text("x", encoding="utf-8")
    taken = lsk("key", w.path("main"), "--save", there)
    assert "finns redan" in str(taken.exception) and "Lösenfras" not in taken.output


# --- revoke and adopt ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "\n", "nej\n"])
def test_nothing_is_revoked_without_a_yes(world: Make, typed: str) -> None:
    w = world("NORD")
    w.close()
    before = w.path("main").read_bytes()
    asked = lsk("unit-file", w.path("main"), "--revoke", "nord", typed=typed)
    assert asked.exit_code == 1 and "Spärra filen NORD (Enhet NORD)?" in asked.output
    assert w.path("main").read_bytes() == before


def test_a_revocation_is_one_line_in_the_log(world: Make) -> None:
    w = world("NORD")
    w.close()
    assert "Ingen enhetsfil har koden X" in refused("unit-file", w.path("main"), "--revoke", "X")  # before it asks
    done = lsk("unit-file", w.path("main"), "--revoke", "nord", "--why", "stulen", "--as", ACTOR, typed="ja\n")
    assert done.exit_code == 0
    (line,) = lsk("log", w.path("main"), "--limit", 1).output.splitlines()
    assert line.endswith(f"{ACTOR}  spärrade filen NORD: stulen")


def test_a_decision_for_what_stood_is_readable_in_the_log(world: Make) -> None:
    w, (row,) = contested(world, 1)
    (conflict,) = conflicts(w["main"])
    ref, stands = w.get("main", "deviation", row, "ref"), conflict.sides[0].words
    w.close()
    assert lsk("conflicts", w.path("main"), "--decide", conflict.code, "--take", stands).exit_code == 0
    assert f"{ref}  Vad hände?: avgjort, {stands} står fast" in lsk("log", w.path("main"), "--limit", 1).output


def test_adopting_says_the_new_code_and_what_is_called_otherwise(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD", "Före")
    w.sync("NORD")
    w.close()
    shutil.copyfile(w.path("NORD"), w.path("kopia"))
    w.deviation("NORD", "NORD", "I den ena")
    w.sync("NORD")
    row = w.deviation("kopia", "NORD", "I den andra")
    old = w.get("kopia", "deviation", row, "ref")
    w.close()
    done = lsk("sync", w.path("main"), w.path("kopia"), "--adopt", "--as", ACTOR)
    new = w.get("main", "deviation", row, "ref")
    assert "koden NORD2" in done.output and f"{old} i den filen heter nu {new}." in done.output
    assert new.startswith("NORD2-") and done.output.count("heter nu") == 1


# --- where a file lies -----------------------------------------------------------------------------------------


def test_a_working_file_does_not_lie_in_the_hub(met: tuple[World, str], tmp_path: Path) -> None:
    w, hub = met
    w.close()
    for folder in (Path(hub), Path(hub, "Våra filer")):
        folder.mkdir(exist_ok=True)
        inside = Path(shutil.copyfile(w.path("main"), folder / "kommun.db"))
        before = inside.read_bytes()
        for arguments in (("--hub", hub), ("--hub", tmp_path)):
            assert "ligger i den gemensamma mappen" in refused("sync", inside, *arguments)
        assert "Flytta filen" in refused("bundle", inside, "--to", tmp_path)
        assert inside.read_bytes() == before
    new = tmp_path / "ny hubb"
    new.mkdir()
    first = Path(shutil.copyfile(w.path("NORD"), new / "nord.db"))
    assert "ligger i den gemensamma mappen" in refused("sync", first, "--hub", new)
    assert [p.name for p in new.iterdir()] == ["nord.db"]


# --- how it is called ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--watch", "mapp", "--every", "0"], "det ska vara ett tal (minst 1)"),
        (["--hub"], "Valet --hub ska ha ett värde"),
        (["--hub", "--status"], "Valet --hub ska ha en plats efter sig"),
        (["--watch", "--every", "5"], "Valet --watch ska ha en plats efter sig"),
        (["--hub", ""], "Valet --hub ska ha en plats efter sig"),
    ],
)
def test_a_slip_in_the_call(world: Make, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    w = world()
    w.close()
    with pytest.raises(SystemExit) as end:
        main(["sync", str(w.path("main")), *arguments])
    told = capsys.readouterr()
    assert end.value.code == Usage.exit_code and said in told.err and told.out == ""


def test_a_bundle_for_somebody(met: tuple[World, str], tmp_path: Path) -> None:
    w, _ = met
    w.close()
    assert "enhetsfilen med den här koden" in " ".join(lsk("bundle", "--help").output.split())
    assert "Utelämna --for" in refused("bundle", w.path("NORD"), "--to", tmp_path, "--for", "NORD")


def test_what_hinders_is_said(world: Make) -> None:
    w = world()
    w.add("main", "retention_rule", record_kind="avvikelse", years=5, basis="Planen § 3")
    row = w.deviation("main", "NORD", received_on="2015-01-01")
    w.add("main", "investigation", deviation=row)
    w.raw("main", "UPDATE deviation SET status = 'avslutad', closed_on = '2015-02-01' WHERE id = ?", row)
    ref = w.get("main", "deviation", row, "ref")
    w.close()
    said = lsk("gallring", w.path("main"), "--decision", "KS § 12").output
    (why,) = [p["hindrance"] for p in json.loads(lsk("gallring", w.path("main"), "--json").output)]
    assert "är inte avslutad" in why
    assert f"Avvikelse {ref} kan inte gallras än: {why}." in said and "Inget att gallra" in said


def test_one_and_many(world: Make) -> None:
    assert [numbered(n, "ändring", "ändringar") for n in (0, 1, 2)] == ["0 ändringar", "1 ändring", "2 ändringar"]
    w = world("NORD")
    row = w.deviation("NORD", "NORD")
    w.sync("NORD")
    w.close()
    assert "1 borttagen." in lsk("undo", w.path("main"), "--merge").output
    assert w.get("main", "deviation", row) is None

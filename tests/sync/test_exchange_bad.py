"""Sync through a place when something is wrong: strangers' files, wrong keys, revoked files, folders that go away."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lsk import store as storing
from lsk.cli import cli
from lsk.errors import LskError, Usage
from lsk.store import Store
from sync import commands_exchange, exchange
from sync.exchange import bundle, receive
from sync.ownership import revoke
from sync.places import Place
from sync.status import status
from sync.verify import verify
from tests.sync.exchanged import Hub, agree
from tests.sync.world import ACTOR, World

Make = Callable[..., World]
MakeHub = Callable[..., Hub]


@pytest.fixture
def hub(world: Make, tmp_path: Path) -> MakeHub:
    def made(*names: str, met: bool = True) -> Hub:
        new = Hub(world(*names), tmp_path / "delad mapp")
        if met:
            new.round(*names)
        return new

    return made


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("brev.txt", "hej")
    return held.getvalue()


def test_strangers_files_are_left_and_told_of_once(hub: MakeHub) -> None:
    h = hub("NORD")
    row = h.world.deviation("NORD", "NORD")
    h.run("NORD")
    strange = {"brev.zip": zipped(), "läs mig.txt": b"hej", "bundle.lskb": b"SQLite format 3\0" + bytes(99)}
    for name, content in strange.items():
        (h.folder / name).write_bytes(content)
    out = h.run("main")
    assert sorted(out.fetched.foreign) == sorted(strange) and not out.fetched.refused
    assert h.world.get("main", "deviation", row) == row
    assert h.run("main").nothing_new
    assert {name: (h.folder / name).read_bytes() for name in strange} == strange


def test_another_municipality_is_told_of_once(hub: MakeHub, tmp_path: Path) -> None:
    h = hub("NORD")
    (tmp_path / "annan").mkdir()
    with Store.create(tmp_path / "annan" / "annan.db") as other, other.change(ACTOR) as change:
        change.insert("unit", {"name": "Enhet NORD", "short_name": "NORD", "level": "enhet"})
    w = World(tmp_path / "annan", tmp_path / "annan" / "annan.db", "NORD")
    w.deviation("NORD", "NORD")
    w.close()
    exchange.exchange(w.path("NORD"), str(h.folder), ACTOR)
    (theirs,) = [p for p in h.files() if p.relative_to(h.folder).parts[0] == w["main"].file.replica[:8]]
    shutil.copyfile(theirs, h.folder / "flyttad.lskb")
    w.close()
    before = h.world.log("main")
    assert h.run("main").fetched.elsewhere == 2
    assert h.run("main").nothing_new and h.world.log("main") == before


def test_a_newer_format_waits_for_a_newer_program(hub: MakeHub) -> None:
    h = hub("NORD")
    (h.folder / "ny.lskb").write_bytes(b"LSKB2\n" + bytes(100))
    for _ in range(2):  # told of every time, since it is to be read one day
        (sentence,) = h.run("main").fetched.refused
        assert "nyare version av LSK" in sentence and "ny.lskb" in sentence


def test_one_bad_bundle_does_not_stop_the_others(hub: MakeHub) -> None:
    h = hub("NORD", "SYD")
    before = set(h.files())
    north = h.world.deviation("NORD", "NORD")
    south = h.world.deviation("SYD", "SYD")
    h.run("NORD")
    (new,) = set(h.files()) - before
    h.run("SYD")
    content = bytearray(new.read_bytes())
    content[-20] ^= 1
    new.write_bytes(bytes(content))
    out = h.run("main")
    assert len(out.fetched.waiting) == 1 and h.world.get("main", "deviation", south) == south
    assert h.world.get("main", "deviation", north) is None


def test_an_empty_folder_and_one_that_is_not_there(hub: MakeHub) -> None:
    h = hub("NORD", met=False)
    assert h.run("main").nothing_new
    assert h.run("NORD").sent == ["HK"]
    shutil.rmtree(h.folder)
    with pytest.raises(LskError, match="finns inte där"):
        h.run("NORD")
    assert not h.folder.exists()


@pytest.mark.parametrize("when", ["read", "write"])
def test_a_folder_that_vanishes_midway(hub: MakeHub, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    h = hub("NORD")
    w = h.world
    theirs = w.add("main", "process", name="Från huvudfilen")
    h.run("main")
    ours = w.deviation("NORD", "NORD")
    kept = h.folder.with_name("kvar")
    real = getattr(Place, when)

    def vanishing(place: Place, *args: object) -> None:
        if h.folder.exists():
            h.folder.rename(kept)
        real(place, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Place, when, vanishing)
        with pytest.raises(LskError, match="delad mapp"):
            h.run("NORD")
    assert not h.folder.exists() and verify(w["NORD"]) == []
    kept.rename(h.folder)
    h.round("NORD")
    assert w.get("NORD", "process", theirs) == theirs and w.get("main", "deviation", ours) == ours
    agree(w, "NORD")


# --- keys ------------------------------------------------------------------------------------------------------


def test_the_main_file_refuses_another_key(hub: MakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("NORD", "NORD")
    w.raw("NORD", "UPDATE sync_stream SET sign_key = NULL, age_key = NULL WHERE no = 2")
    with monkeypatch.context() as patch:
        patch.setenv("LSK_NYCKLAR", str(tmp_path / "tjuvens dator"))
        exchange.bundle(w.path("NORD"), h.folder)
    out = h.run("main")
    assert "underskriven med en annan nyckel" in out.fetched.refused[0]
    assert w.get("main", "deviation", row) is None


def test_a_key_that_was_not_given_the_token_is_refused(hub: MakeHub) -> None:
    h = hub("NORD", met=False)
    w = h.world
    row = w.deviation("NORD", "NORD")
    w.raw("NORD", "UPDATE sync_local SET token = 'gissning'")
    h.run("NORD")
    assert "annan nyckel" in h.run("main").fetched.refused[0]
    assert w.get("main", "deviation", row) is None
    assert w["main"].db.execute("SELECT sign_key FROM sync_stream WHERE no = 2").fetchone()[0] is None


def test_a_units_file_takes_only_what_the_main_file_signed(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    name = w.add("main", "process", name="Från någon annan")
    h.run("main")
    w.raw("NORD", "UPDATE sync_stream SET sign_key = zeroblob(32) WHERE no = 1")
    (sentence,) = h.run("NORD").fetched.refused
    assert "inte underskriven av huvudfilen" in sentence and w.get("NORD", "process", name) is None


def test_keys_on_another_computer(hub: MakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    h.world.close()
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "ny dator"))
    before = h.state()
    with pytest.raises(LskError, match="nycklar som inte finns på den här datorn"):
        h.run("NORD")
    assert h.state() == before


def test_a_lost_laptop_is_revoked_and_a_new_file_goes_on(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    kept = w.deviation("NORD", "NORD", "Sänt före stölden")
    h.round("NORD")
    revoke(w["main"], "NORD", ACTOR, "stulen dator")
    stolen = w.deviation("NORD", "NORD", "Tjuvens")
    h.run("NORD")
    out = h.run("main")
    assert "spärrad" in out.fetched.refused[0] and out.sent == []
    assert h.run("main").fetched.refused == []  # said once
    assert w.get("main", "deviation", stolen) is None and w.get("main", "deviation", kept) == kept
    w.make("NY", "NORD")
    new = w.deviation("NY", "NORD", "På den nya datorn")
    h.round("NY")
    assert w.get("main", "deviation", new) == new and w.get("NY", "deviation", kept) == kept
    agree(w, "NY")
    marks = {row.code: row.mark[:7] for row in status(w["main"])}
    assert marks == {"NORD": "spärrad", "NORD2": ""}


# --- where and when --------------------------------------------------------------------------------------------


def test_31_a_file_on_a_network_share_is_not_synced(hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    h.world.close()
    monkeypatch.setattr("sync.sides.is_network_path", lambda path: path == h.world.path("NORD"))
    before = h.state()
    for call in (
        lambda: h.run("NORD"),
        lambda: bundle(h.world.path("NORD"), h.folder),
        lambda: receive(h.world.path("NORD"), [], ACTOR),
    ):
        with pytest.raises(LskError, match=r"nätverksdisk.*--hub MAPP"):
            call()
    direct = run("sync", h.world.path("main"), h.world.path("NORD"))
    assert isinstance(direct.exception, LskError) and "nätverksdisk" in str(direct.exception)
    assert h.state() == before


def test_38_a_file_in_use_is_said(hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    h.world.deviation("NORD", "NORD")
    h.run("NORD")
    monkeypatch.setattr(storing, "BUSY_MILLISECONDS", 1)
    h.world["main"].db.execute("BEGIN IMMEDIATE")
    with pytest.raises(LskError, match="används just nu av ett annat program"):
        exchange.exchange(h.world.path("main"), str(h.folder), ACTOR)
    h.world["main"].db.execute("ROLLBACK")
    assert h.run("main").fetched.heard[2].taken.added == 1


def test_13_a_clock_that_is_behind_is_said(hub: MakeHub) -> None:
    h = hub("NORD")
    h.world.deviation("NORD", "NORD")
    assert h.run("NORD").clock == ""
    for hours, told in ((1, "60 minuter"), (5, "5 timmar"), (74, "3 dagar")):
        clock = h.world["NORD"].db.execute("SELECT hlc FROM sync_local").fetchone()[0]
        h.world.raw("NORD", f"UPDATE sync_local SET hlc = hlc + ({hours * 3600000 + 60000} << 16)")
        assert f"Datorns klocka är {told} efter" in h.run("NORD").clock
        h.world.raw("NORD", "UPDATE sync_local SET hlc = ?", clock)


# --- the commands ----------------------------------------------------------------------------------------------


def test_the_commands_say_what_was_done(hub: MakeHub, tmp_path: Path) -> None:
    h = hub("NORD", "SYD")
    w = h.world
    row = w.deviation("NORD", "NORD", "Före")
    w.raw("SYD", "UPDATE unit SET name = 'Kapad' WHERE short_name = 'NORD'")
    main, nord, syd = (w.path(name) for name in ("main", "NORD", "SYD"))
    w.close()
    assert run("sync", nord, "--hub", h.folder).output == "Skickat till: HK\n"
    run("sync", syd, "--hub", h.folder)
    rehearsed = json.loads(run("sync", main, "--hub", h.folder, "--dry-run", "--json").output)
    assert rehearsed["fetched"]["heard"]["2"]["kinds"] == {"deviation": 1} and rehearsed["sent"] == []
    told = run("sync", main, "--hub", h.folder).output
    assert "Från NORD: 1 ny (avvikelse 1)." in told
    assert "Inte taget: Enhet" in told and "Skickat till: NORD, SYD" in told
    assert run("sync", main, "--hub", h.folder).output == "Inget nytt.\n"
    assert "Från HK: kvittens, inga ändringar." in run("sync", nord, "--hub", h.folder).output
    w.set("main", "deviation", row, what_happened="Huvud")
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.close()
    run("sync", nord, "--hub", h.folder)
    told = run("sync", main, "--hub", h.folder).output
    assert "Konflikt: " in told and "lsk conflicts" in told
    usb = tmp_path / "usb"
    usb.mkdir()
    told = run("bundle", main, "--to", usb, "--for", "NORD").output
    (mail,) = usb.iterdir()
    assert told == f"Skrev {mail}\n" and mail.name.startswith("HK-till-NORD-ned-")
    assert "Från HK: 1 ändrad (avvikelse 1)." in run("receive", nord, mail).output
    assert run("receive", nord, mail).output == "Redan taget; inget nytt.\n"
    refused = run("receive", syd, mail)
    assert isinstance(refused.exception, LskError) and "till en annan fil" in refused.output
    assert run("sync", main, "--hub", h.folder, "--compact").output.startswith("Skickat till") is False


def test_the_command_wants_one_way(world: Make) -> None:
    w = world("NORD")
    w.close()
    main, nord = w.path("main"), w.path("NORD")
    for args in ([], [nord, "--hub", w.folder], ["--compact"], ["--hub", w.folder, "--status"]):
        assert isinstance(run("sync", main, *args).exception, Usage)


def test_status_lists_who_is_silent(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    w.make("SYD")
    w.raw("main", "UPDATE sync_stream SET last_sync_at = '2020-01-01T00:00:00.000Z' WHERE no = 2")
    w.add("main", "process", name="Ny")
    north, south = status(w["main"])
    assert (north.code, north.keys, north.waits) == ("NORD", "kända", 1) and north.mark.startswith("inte hört av på")
    assert (south.code, south.keys, south.heard, south.mark) == ("SYD", "saknas", "", "")
    assert "aldrig hört av" in status(w["main"], days=0)[1].mark
    w.deviation("NORD", "NORD")
    (main,) = status(w["NORD"])
    assert (main.code, main.waits) == ("HK", 1)
    w.close()
    shown = run("sync", w.path("main"), "--status", "--days", "5").output
    assert "inte hört av på" in shown and "NORD" in shown
    h.round("NORD")
    assert status(w["main"])[0].waits == 0


def test_watching_tells_one_line_an_event(hub: MakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    h = hub("NORD")
    w = h.world
    events = iter([lambda: None, lambda: (w.deviation("NORD", "NORD"), h.run("NORD")), lambda: shutil.rmtree(h.folder)])

    def wait(seconds: float) -> None:
        assert seconds == 5
        event = next(events, None)
        if event is None:
            raise KeyboardInterrupt
        event()
        w.close()

    w.close()
    commands_exchange.watched(w.path("main"), str(h.folder), "Anna", 5, wait)
    first, *lines, last = capsys.readouterr().out.splitlines()
    assert first.startswith("Bevakar ") and last == "Bevakningen är avslutad."
    assert [line[9:] for line in lines[:2]] == ["Från NORD: 1 ny (avvikelse 1).", "Skickat till: NORD"]
    assert len(lines) == 3 and "finns inte där" in lines[2]

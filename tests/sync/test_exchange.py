"""Sync through a folder that knows nothing: what comes late, in part, twice, in any order, or not at all."""

from __future__ import annotations

import contextlib
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsk.errors import LskError
from sync import compact as compacting
from sync import fetch, post
from sync.arrived import Forked
from sync.exchange import bundle, receive
from sync.verify import verify
from tests.sync.exchanged import Hub, agree
from tests.sync.world import ACTOR, World

Make = Callable[..., World]
MakeHub = Callable[..., Hub]


@pytest.fixture
def hub(world: Make, tmp_path: Path) -> MakeHub:
    """A folder with files that have met through it: hub("NORD", "SYD")."""

    def made(*names: str) -> Hub:
        new = Hub(world(*names), tmp_path / "delad mapp åäö")
        new.round(*names)
        return new

    return made


def sound(w: World, *names: str) -> None:
    assert [verify(w[name]) for name in names] == [[] for _ in names]


def test_changes_go_both_ways(hub: MakeHub) -> None:
    h = hub("NORD", "SYD")
    w = h.world
    row = w.deviation("NORD", "NORD", "Före")
    shared = w.add("main", "process", name="Ny gemensam process")
    h.round("NORD", "SYD")
    assert w.get("main", "deviation", row, "what_happened") == "Före"
    assert w.get("SYD", "process", shared, "name") == "Ny gemensam process"
    assert w.get("SYD", "deviation", row) is None
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.set("main", "deviation", row, what_happened="Huvud")
    h.round("NORD", "SYD")
    assert w.contested("NORD") == w.contested("main") != set()
    agree(w, "NORD", "SYD")
    sound(w, "main", "NORD", "SYD")


def test_nothing_new_writes_nowhere(hub: MakeHub) -> None:
    h = hub("NORD", "SYD")
    h.world.deviation("NORD", "NORD")
    h.world.add("main", "process", name="Ny")
    h.round("NORD", "SYD")
    before = h.state()
    for name in ("NORD", "main", "SYD", "main", "NORD"):
        assert h.run(name).nothing_new
    assert h.state() == before


def test_a_unit_is_not_written_to_about_what_concerns_others(hub: MakeHub) -> None:
    h = hub("NORD", "SYD")
    h.world.deviation("SYD", "SYD")
    h.run("SYD")
    assert h.run("main").sent == ["SYD"]
    assert h.run("NORD").nothing_new


def test_only_its_own_names(hub: MakeHub) -> None:
    h = hub("NORD", "SYD")
    h.world.deviation("NORD", "NORD")
    h.world.deviation("main", "SYD")
    h.round("NORD", "SYD")
    main = h.world["main"].file.replica[:8]
    shape = {p.relative_to(h.folder).parts[:3] for p in h.files()}
    assert shape == {(main, "NORD-2", "1"), (main, "SYD-3", "1"), (main, "HK-1", "2"), (main, "HK-1", "3")}


def test_nothing_can_be_read_at_the_place(hub: MakeHub) -> None:
    h = hub("NORD")
    h.world.deviation("NORD", "NORD", "Hemligt om Karin")
    h.round("NORD")
    assert h.files() and not [p for p in h.files() if b"Karin" in p.read_bytes() or b"sync_op" in p.read_bytes()]


def test_a_file_that_has_arrived_in_part_waits(hub: MakeHub) -> None:
    h = hub("NORD")
    before = set(h.files())
    row = h.world.deviation("NORD", "NORD")
    h.run("NORD")
    (new,) = set(h.files()) - before
    whole = new.read_bytes()
    for size in (0, 3, 40, len(whole) // 2, len(whole) - 1):
        new.write_bytes(whole[:size])
        out = h.run("main")
        assert len(out.fetched.waiting) == 1 and "inte helt överförd" in out.fetched.waiting[0]
        assert new.name in out.fetched.waiting[0] and h.world.get("main", "deviation", row) is None
    new.write_bytes(whole)
    assert h.run("main").fetched.heard[2].taken.added == 1
    assert h.world.get("main", "deviation", row) == row


def test_29_copies_that_a_sync_client_makes_are_known_by_content(hub: MakeHub) -> None:
    h = hub("NORD")
    before = set(h.files())
    h.world.deviation("NORD", "NORD")
    h.run("NORD")
    (new,) = set(h.files()) - before
    for name in (f"{new.stem}-DATOR7.lskb", f"{new.stem}.sync-conflict-20260301-101112-ABC.lskb", "kopia (2).lskb"):
        shutil.copyfile(new, new.with_name(name))
    shutil.copyfile(new, h.folder / "flyttad av misstag.lskb")
    new.unlink()
    out = h.run("main")
    assert out.fetched.heard[2].taken.added == 1 and out.fetched.again == 3
    assert h.run("main").nothing_new


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_2_bundles_are_taken_in_order_whatever_order_they_come_in(hub: MakeHub, order: tuple[int, ...]) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("NORD", "NORD", "0")
    held = []
    for text in "123":
        before = set(h.files())
        w.set("NORD", "deviation", row, what_happened=text)
        h.run("NORD")
        (new,) = set(h.files()) - before
        held.append((new, h.hold(new)))
    come: set[int] = set()
    for n in order:
        path, content = held[n]
        path.write_bytes(content)
        come.add(n)
        out = h.run("main")
        taken = next((i for i in range(3) if i not in come), 3)  # the first that has not come
        assert w.get("main", "deviation", row, "what_happened") == (str(taken) if taken else None)
        assert len(out.fetched.waiting) == len(come) - taken
        assert all("väntar på en tidigare" in sentence for sentence in out.fetched.waiting)
    assert not h.run("main").fetched.waiting
    h.round("NORD")
    agree(w, "NORD")
    sound(w, "main", "NORD")


def test_1_the_same_bundle_three_times_by_three_ways(hub: MakeHub, tmp_path: Path) -> None:
    h = hub("NORD")
    w = h.world
    w.deviation("NORD", "NORD")
    w.close()
    out = bundle(w.path("NORD"), make(tmp_path / "usb"))
    mail = tmp_path / "usb" / out.written[0]
    assert receive(w.path("main"), [mail], ACTOR).fetched.heard[2].taken.added == 1
    again = receive(w.path("main"), [mail, mail], ACTOR)
    assert again.fetched.again == 2 and again.nothing_new
    h.folder.joinpath("kopia.lskb").write_bytes(mail.read_bytes())
    assert h.run("main").fetched.again == 1
    told = w.log("main"), w.all_rows("main")
    w.raw("main", "DELETE FROM sync_received")
    assert h.run("main").fetched.again >= 1
    assert told == (w.log("main"), w.all_rows("main"))


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_mail_both_ways_without_any_place(world: Make, tmp_path: Path) -> None:
    w = world("NORD", "SYD")
    usb = make(tmp_path / "usb")
    row = w.deviation("NORD", "NORD", "Före")
    w.close()
    with pytest.raises(LskError, match="inga ännu"):
        bundle(w.path("main"), usb, "NORD")
    for text in ("Ett", "Två"):
        w.set("NORD", "deviation", row, what_happened=text)
        w.close()
        (name,) = bundle(w.path("NORD"), usb).written
        assert receive(w.path("main"), [usb / name], ACTOR).fetched.heard[2].taken.rows == 1
        w.set("main", "deviation", row, diary_number="Från huvudfilen" if text == "Ett" else "Igen")
        w.close()
        (name,) = bundle(w.path("main"), usb, "nord").written
        assert receive(w.path("NORD"), [usb / name], ACTOR).fetched.heard[1].taken.rows == 1
        agree(w, "NORD")
        w.close()
    assert bundle(w.path("main"), usb).written  # the unit has not said yet that it has it
    sound(w, "main", "NORD")


def test_a_bundle_to_somebody_else_is_not_taken(world: Make, tmp_path: Path) -> None:
    w = world("NORD", "SYD")
    usb = make(tmp_path / "usb")
    w.close()
    (name,) = bundle(w.path("NORD"), usb).written
    out = receive(w.path("SYD"), [usb / name], ACTOR)
    assert out.nothing_new is False and "till en annan fil" in out.fetched.refused[0]


def test_a_dry_run_changes_nothing(hub: MakeHub) -> None:
    h = hub("NORD")
    h.world.deviation("NORD", "NORD")
    h.run("NORD")
    before = h.state()
    assert h.run("main", dry_run=True).fetched.heard[2].taken.added == 1
    assert h.state() == before


# --- a backup is restored, bundles are lost --------------------------------------------------------------------


def test_10_a_restored_backup_reads_its_own_later_bundles(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("NORD", "NORD", "Före")
    copy = h.backup("NORD")
    w.set("NORD", "deviation", row, what_happened="Efter")
    h.run("NORD")  # the main file has not read it when the backup is restored
    h.restore("NORD", copy)
    out = h.run("NORD")
    assert out.fetched.heard[2].taken.changed == 1 and w.get("NORD", "deviation", row, "what_happened") == "Efter"
    w.set("NORD", "deviation", row, diary_number="Fortsätter")
    h.round("NORD")
    assert w.get("main", "deviation", row, "diary_number") == "Fortsätter"
    agree(w, "NORD")
    sound(w, "main", "NORD")


def test_10_a_backup_restored_after_much_has_happened(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("NORD", "NORD", "0")
    h.round("NORD")
    copy = h.backup("NORD")
    for n in range(3):
        w.set("NORD", "deviation", row, what_happened=f"Nord {n}")
        w.set("main", "deviation", row, what_happened=f"Huvud {n}")
        h.round("NORD")
    h.restore("NORD", copy)
    h.round("NORD")
    agree(w, "NORD")
    w.set("NORD", "deviation", row, what_happened="Avgjort")
    h.round("NORD")
    assert w.contested("main") == w.contested("NORD") == set()
    agree(w, "NORD")
    sound(w, "main", "NORD")


def test_10_a_restored_backup_that_was_edited_says_no(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("NORD", "NORD", "Före")
    copy = h.backup("NORD")
    w.set("NORD", "deviation", row, what_happened="Efter")
    h.round("NORD")
    h.restore("NORD", copy)
    w.set("NORD", "deviation", row, what_happened="Något annat")
    before = h.state()
    with pytest.raises(Forked, match="--adopt"):
        h.run("NORD")
    assert h.state() == before
    assert w.get("NORD", "deviation", row, "what_happened") == "Något annat"


def test_a_restored_backup_asks_when_its_bundles_are_gone(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("NORD", "NORD", "Före")
    h.round("NORD")
    copy = h.backup("NORD")
    w.set("NORD", "deviation", row, what_happened="Efter")
    h.round("NORD")
    for path in h.files("/NORD-2/"):
        path.unlink()
    h.restore("NORD", copy)
    assert h.run("NORD").sent == ["HK"]
    assert h.run("NORD").sent == []
    assert h.run("main").sent == ["NORD"]
    h.run("NORD")
    assert w.get("NORD", "deviation", row, "what_happened") == "Efter"
    w.set("NORD", "deviation", row, diary_number="Fortsätter")
    h.round("NORD")
    agree(w, "NORD")
    sound(w, "main", "NORD")


def test_a_lost_bundle_is_asked_for(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    for name in ("Ett", "Två"):
        before = set(h.files())
        last = w.add("main", "process", name=name)
        h.run("main")
        (new,) = set(h.files()) - before
        if name == "Ett":
            new.unlink()
    assert "saknar ett tidigare" in h.run("NORD").fetched.waiting[0]  # it may be late
    assert h.run("NORD").sent == ["HK"]
    assert h.run("NORD").sent == []
    assert h.run("main").sent == ["NORD"]
    h.run("NORD")
    assert w.get("NORD", "process", last, "name") == "Två"
    agree(w, "NORD")
    assert not h.run("NORD").fetched.waiting


def test_an_older_main_file_does_not_go_on(hub: MakeHub) -> None:
    h = hub("NORD")
    copy = h.backup("main")
    h.world.add("main", "process", name="Ny")
    h.run("main")
    h.restore("main", copy)
    h.world.add("main", "process", name="Annan")
    before = h.state()
    with pytest.raises(Forked, match="Använd den senaste huvudfilen"):
        h.run("main")
    assert h.state() == before


def test_what_was_written_and_not_written_down_is_found_again(hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    h.world.deviation("NORD", "NORD")
    h.world.add("main", "process", name="Ny")

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    for name in ("NORD", "main"):
        with monkeypatch.context() as patch:
            patch.setattr(post, "sent", killed)
            with pytest.raises(KeyboardInterrupt):
                h.run(name)
        before = h.files()
        h.run(name)
        assert h.files() == before
    h.round("NORD")
    agree(h.world, "NORD")


# --- compaction ------------------------------------------------------------------------------------------------


def busy(h: Hub, rounds: int = 4) -> str:
    row = h.world.deviation("NORD", "NORD")
    h.round("NORD")
    for n in range(rounds):
        h.world.set("NORD", "deviation", row, what_happened=f"Nord {n}")
        h.world.set("main", "deviation", row, diary_number=f"Huvud {n}")
        h.round("NORD")
    return row


def test_compaction_leaves_one_bundle_that_anybody_can_join_from(hub: MakeHub) -> None:
    h = hub("NORD")
    copy = h.backup("NORD")
    row = busy(h)
    old = len(h.files("/HK-1/2/"))
    assert h.run("main", shrink=True).removed == old
    assert len(h.files("/HK-1/2/")) == 1
    assert h.run("NORD", shrink=True).removed > 0
    assert h.files("/NORD-2/1/") == []
    before = h.state()
    assert h.run("NORD", shrink=True).nothing_new and h.run("main", shrink=True).nothing_new
    assert h.state() == before
    h.world.set("NORD", "deviation", row, what_happened="Sist")
    h.round("NORD")
    agree(h.world, "NORD")
    h.restore("NORD", copy)
    h.round("NORD")
    h.round("NORD")
    assert h.world.get("NORD", "deviation", row, "what_happened") == "Sist"
    agree(h.world, "NORD")
    sound(h.world, "main", "NORD")


def test_many_read_bundles_are_cleared_away_unasked(hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    monkeypatch.setattr(compacting, "MOST", 3)
    busy(h, rounds=7)
    assert len(h.files("/NORD-2/1/")) <= 6 and len(h.files("/HK-1/2/")) <= 6
    agree(h.world, "NORD")
    h.round("NORD")
    before = h.state()
    h.round("NORD")
    assert h.state() == before


def test_ten_thousand_known_names_are_not_read_again(hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hub("NORD")
    main = h.world["main"].file.replica[:8]
    names = [(f"{main}/NORD-2/1/upp-{n}-{n}-0123456789abcdef.lskb", n) for n in range(10_000)]
    others = [(f"{main}/HK-1/2/ned-{n}-{n}-0123456789abcdef.lskb", n) for n in range(10_000)]
    store = h.world["main"]
    assert (
        fetch.candidates(store, "plats", names + others)[0] == names + others
    )  # its own too: is it a restored backup?
    store.db.execute("BEGIN")
    store.db.executemany("INSERT INTO sync_received VALUES (?, '')", [(f"{name} {size}",) for name, size in names])
    store.db.executemany("INSERT INTO sync_sent VALUES ('plats', 2, ?, '{}', '')", [(name,) for name, _ in others])
    store.db.execute("COMMIT")
    assert fetch.candidates(store, "plats", names + others) == ([], [])
    syd = [(f"{main}/SYD-3/1/upp-1-1-0123456789abcdef.lskb", 1), (f"{main}/HK-1/3/ned-1-1-0123456789abcdef.lskb", 1)]
    assert fetch.candidates(h.world["NORD"], "plats", syd) == ([], [])


def test_bundles_that_hold_what_was_destroyed_go_at_once(hub: MakeHub) -> None:
    h = hub("NORD")
    w = h.world
    row = w.deviation("main", "NORD", "Ska gallras")
    kept = w.deviation("NORD", "NORD")
    h.round("NORD")
    h.run("NORD")
    operation = w["main"].db.execute("SELECT max(id) FROM sync_op WHERE row = ?", (row,)).fetchone()[0]
    w.add("main", "process", name="Efter gallringen")
    cause = w["main"].db.execute("SELECT max(id) FROM sync_op WHERE id >> 36 = 1").fetchone()[0]
    old = h.files("/HK-1/2/")
    w["main"].db.execute(
        "INSERT INTO sync_destroyed(op, leaf, decision, at, cause) VALUES (?, zeroblob(32), 'Beslut 7', '2026', ?)",
        (operation, cause),
    )
    out = h.run("main")
    assert out.removed == len(old) > 0 and not set(old) & set(h.files("/HK-1/2/"))
    assert len(h.files("/HK-1/2/")) == 1
    assert h.run("main").nothing_new
    h.run("NORD")
    assert w.get("NORD", "deviation", kept) == kept


def test_what_was_given_by_hand_before_there_was_a_key(world: Make, tmp_path: Path) -> None:
    """The main file took it unsealed; when the unit seals it, later, its seals still follow each other here."""
    w = world("NORD")
    h = Hub(w, tmp_path / "mapp")
    w.deviation("NORD", "NORD", "För hand")
    assert w.sync("NORD")[0].up.unsealed == 1
    for text in ("Genom mappen", "Igen"):
        h.run("NORD")
        h.run("main")
        w.deviation("NORD", "NORD", text)
    h.round("NORD")
    agree(w, "NORD")
    sound(w, "main", "NORD")


def test_receiving_gives_a_file_no_keys(world: Make, tmp_path: Path) -> None:
    w = world("NORD", "SYD")
    w.deviation("SYD", "SYD")
    w.close()
    sent = bundle(w.path("SYD"), tmp_path).written
    with contextlib.suppress(LskError):
        receive(w.path("NORD"), [tmp_path / name for name in sent], ACTOR)
    assert w["NORD"].db.execute("SELECT sign_key FROM sync_stream WHERE no = 2").fetchone()[0] is None

"""Faults 9–20: copies and clocks, disks and damage, and what is not the sender's to change."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from lsk import rules
from lsk.errors import LskError
from sync import keys
from sync.envelope import read_header
from sync.package import write_up
from tests.sync.mail import enclose, send_up, take
from tests.sync.world import ACTOR, Make, World, everywhere, two_files

DAY = (24 * 3600 * 1000) << 16
REPEATED = "document_version_document_version_number_is_not_repeated"


def test_09_two_copies_of_one_file_with_different_changes(world: Make) -> None:
    w = world("NORD")
    w.close()
    shutil.copyfile(w.path("NORD"), w.path("kopia"))
    kept = w.deviation("NORD", "NORD", "I den ena")
    lost = w.deviation("kopia", "NORD", "I den andra")
    w.sync("NORD")
    before = w.dump("main"), w.dump("kopia")
    with pytest.raises(LskError, match="annan kopia av samma enhetsfil"):
        w.sync("kopia")
    assert (w.dump("main"), w.dump("kopia")) == before
    assert w.get("main", "deviation", kept) and w.get("kopia", "deviation", lost)


def test_10_a_restored_copy_catches_up(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD", "Före säkerhetskopian")
    w.close()
    shutil.copyfile(w.path("NORD"), w.path("backup"))
    w.deviation("NORD", "NORD", "Efter säkerhetskopian")
    w.sync("NORD")
    w.close()
    shutil.copyfile(w.path("backup"), w.path("NORD"))
    w.sync("NORD")
    assert w.rows("NORD", "deviation") == w.rows("main", "deviation")
    w.deviation("NORD", "NORD", "Därefter")
    w.sync("NORD")
    refs = [row[1] for row in w.rows("main", "deviation").values()]
    assert len(set(refs)) == 3 == len(refs)


def test_10_an_older_main_file_is_refused(world: Make) -> None:
    w = world("NORD")
    w.close()
    shutil.copyfile(w.path("main"), w.path("old"))
    w.deviation("main", "NORD", "Ny i huvudfilen")
    w.sync("NORD")
    w.close()
    shutil.copyfile(w.path("old"), w.path("main"))
    with pytest.raises(LskError, match="återställd säkerhetskopia"):
        w.sync("NORD")


def test_11_the_same_number_twice_is_a_finding(world: Make) -> None:
    w = world()
    document = w.add("main", "document", title="Rutin", kind="rutin", unit=w.units["NORD"])
    w.make("NORD")
    w.make("NORD2", "NORD")
    made = {
        name: w.add(name, "document_version", document=document, version_number="1", procedure=f"av {name}")
        for name in ("NORD", "NORD2")
    }
    for _ in range(2):
        w.sync("NORD", "NORD2")
    for name in ("main", "NORD", "NORD2"):
        assert {row: w.get(name, "document_version", row, "procedure") for row in made.values()} == {
            made["NORD"]: "av NORD",
            made["NORD2"]: "av NORD2",
        }
        found = rules.check(w[name].db, ("document_version_document_version_number_is_not_repeated",))
        assert {f.record for f in found} == set(made.values())


def test_12_three_give_the_same_number(world: Make) -> None:
    w = world()
    document = w.add("main", "document", title="Rutin", kind="rutin", unit=w.units["NORD"])
    w.make("NORD")
    w.make("NORD2", "NORD")
    made = {
        w.add(name, "document_version", document=document, version_number="1", procedure=f"av {name}"): f"av {name}"
        for name in ("main", "NORD", "NORD2")
    }
    for _ in range(2):
        w.sync("NORD", "NORD2")
    for name in ("main", "NORD", "NORD2"):
        assert {row: w.get(name, "document_version", row, "procedure") for row in made} == made
        assert {f.record for f in rules.check(w[name].db, (REPEATED,))} == set(made)


def test_12_nothing_is_not_a_number_given_twice(world: Make) -> None:
    w = world("NORD")
    given = {"entity": "deviation", "heading": "Typ", "from_value": None}
    with w["main"].change(ACTOR) as change:
        rows = {change.insert("import_mapping", {**given, "to_value": text}).id for text in ("a", "b")}
    w.sync("NORD")
    repeated = ("import_mapping_entity_heading_from_value_is_not_repeated",)
    assert rules.check(w["main"].db, repeated) == rules.check(w["NORD"].db, repeated) == []
    assert set(w.rows("NORD", "import_mapping")) == rows


def test_12_two_numbers_that_change_places(world: Make) -> None:
    w = world()
    document = w.add("main", "document", title="Rutin", kind="rutin", unit=w.units["NORD"])
    one, two = (w.add("main", "document_version", document=document, version_number=n) for n in "12")
    w.make("NORD")
    with w["NORD"].change("NORD") as change:
        change.update("document_version", one, {"version_number": "2"})
        change.update("document_version", two, {"version_number": "1"})
    take(w["main"], send_up(w, "NORD", "byte"))
    assert [w.get("main", "document_version", row, "version_number") for row in (one, two)] == ["2", "1"]
    assert rules.check(w["main"].db, (REPEATED,)) == [] and w.contested("main") == set()


def test_13_a_clock_gone_wild_loses_nothing(world: Make) -> None:
    w, row = two_files(world)
    w["NORD"].db.execute(f"UPDATE sync_local SET hlc = hlc + {3 * DAY}")
    w.set("NORD", "deviation", row, what_happened="Från framtiden")
    w.set("NORD", "deviation", row, what_happened="Från framtiden, senare")
    w.set("NORD2", "deviation", row, diary_number="2026-1")
    before = w["main"].db.execute("SELECT hlc FROM sync_local").fetchone()[0]
    w.sync("NORD", "NORD2")
    after = w["main"].db.execute("SELECT hlc FROM sync_local").fetchone()[0]
    assert before < after < before + DAY + DAY // 24
    assert everywhere(w, "deviation", row, "what_happened") == {"Från framtiden, senare"}
    w.set("main", "deviation", row, what_happened="Sett och ändrat")  # an earlier stamp, but a later change
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Sett och ändrat"}
    assert w.contested("main") == set()


def sent(world: Make) -> tuple[World, Path]:
    w = world("NORD")
    w.deviation("NORD", "NORD", "I bunten")
    return w, send_up(w, "NORD", "bunt")


def refused(w: World, bundle: Path, why: str = "") -> None:
    """Refused in a sentence; no byte of the main file is changed, and nothing unpacked is left behind."""
    before, beside = w.path("main").read_bytes(), set(w.folder.iterdir())
    with pytest.raises(LskError, match=why):
        take(w["main"], bundle)
    assert w.path("main").read_bytes() == before
    assert set(w.folder.iterdir()) == beside


def test_17_a_bundle_cut_off_anywhere(world: Make) -> None:
    w, bundle = sent(world)
    content = bundle.read_bytes()
    before = w.path("main").read_bytes()
    cut = w.folder / "avbruten.lskb"
    for length in (*range(60), *range(60, len(content), 97)):  # every length of a small one: test_envelope
        cut.write_bytes(content[:length])
        with pytest.raises(LskError):
            take(w["main"], cut)
    assert w.path("main").read_bytes() == before
    assert take(w["main"], bundle).added == 1


def test_17_a_bit_flipped_in_a_thousand_places(world: Make) -> None:
    w, bundle = sent(world)
    content = bundle.read_bytes()
    before = w.path("main").read_bytes()
    flipped = w.folder / "ändrad.lskb"
    for place in random.Random(17).sample(range(8 * len(content)), 1000):
        altered = bytearray(content)
        altered[place // 8] ^= 1 << place % 8
        flipped.write_bytes(altered)
        with pytest.raises(LskError):
            take(w["main"], flipped)
    assert w.path("main").read_bytes() == before
    assert take(w["main"], bundle).added == 1


def test_18_signed_with_another_units_key(world: Make) -> None:
    w = world("NORD", "SYD")
    main, north, south = (w[name].file.replica for name in ("main", "NORD", "SYD"))
    for name in ("NORD", "SYD"):
        w.deviation(name, name, f"av {name}")
        take(w["main"], send_up(w, name, f"först {name}"))
    w.deviation("NORD", "NORD", "Påhittad av SYD")
    package, bundle = w.folder / "p.paket", w.folder / "falsk.lskb"
    stream = w["NORD"].file.stream
    about = write_up(w["NORD"], package, 1, 2)
    enclose(w["NORD"], package, about, keys.create(south), keys.create(main), main, bundle)
    refused(w, bundle, "en annan nyckel än den enheten har anmält")
    assert stream == read_header(bundle).fields["sender"]["stream"]
    about = write_up(w["NORD"], package, 1, 2)
    enclose(w["NORD"], package, about, keys.create(north), keys.create(main), main, bundle)
    refused(w, bundle, "sista ändringarna är inte underskrivna")


def test_18_a_revoked_file(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "Från den stulna datorn")
    w["main"].db.execute("UPDATE sync_stream SET revoked_at = '2026-03-01T00:00:00.000Z' WHERE code = 'NORD'")
    before = w.dump("main"), w.dump("NORD")
    with pytest.raises(LskError, match="är spärrad sedan 2026-03-01"):
        w.sync("NORD")
    assert (w.dump("main"), w.dump("NORD")) == before
    assert w.get("main", "deviation", row) is None and w.get("NORD", "deviation", row) == row


def test_19_nothing_of_the_bookkeeping_travels_up(world: Make) -> None:
    w = world("SYD")
    w.raw("SYD", "UPDATE sync_stream SET name = 'Kapad', revoked_at = '2026-01-01'")
    w.raw("SYD", "DELETE FROM role")
    w.deviation("SYD", "SYD")
    before = w["main"].db.execute("SELECT no, replica, name, revoked_at FROM sync_stream").fetchall()
    w.sync("SYD")
    after = w["main"].db.execute("SELECT no, replica, name, revoked_at FROM sync_stream").fetchall()
    assert [tuple(r) for r in before] == [tuple(r) for r in after]


def test_19_a_child_of_a_refused_row_is_set_aside_with_it(world: Make) -> None:
    w = world("SYD")
    role, child = "01990000-0000-7000-8000-000000000002", "01990000-0000-7000-8000-000000000003"
    w.raw("SYD", "INSERT INTO role(id, name) VALUES (?, 'Egen roll')", role)
    w.raw(
        "SYD",
        """INSERT INTO deviation(id, kind, unit, received_on, what_happened, received_by)
           VALUES (?, 'klagomål', ?, '2026-03-01', 'x', ?)""",
        child, w.units["SYD"], role,
    )  # fmt: skip
    (summary,) = w.sync("SYD")
    reasons = {row.record: row.reason for row in summary.up.quarantined}
    assert set(reasons) == {role, child}
    assert "inte finns i huvudfilen" in reasons[child]
    assert w.get("SYD", "deviation", child) is None and w.get("SYD", "role", role) is None
    assert w.sync("SYD")[0].nothing_new


def test_20_a_row_that_changed_hands(world: Make) -> None:
    """The coordinator hands a row over while its old unit edits it: set aside with its value, not lost, not applied."""
    w = world()
    row = w.deviation("main", "NORD", "Hör hemma i söder")
    w.make("NORD")
    w.make("SYD")
    w.set("main", "deviation", row, unit=w.units["SYD"])
    w.set("NORD", "deviation", row, what_happened="Nords sena ändring")
    north, _ = w.sync("NORD", "SYD")
    assert [aside.record for aside in north.up.quarantined] == [row]
    assert w.get("NORD", "deviation", row) is None
    assert w.get("SYD", "deviation", row, "what_happened") == "Hör hemma i söder"
    assert w["main"].db.execute("SELECT 1 FROM sync_quarantine WHERE new GLOB '*Nords sena ändring*'").fetchone()

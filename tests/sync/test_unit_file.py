"""A unit's file holds what the unit reads and owns, and no trace of anything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lsk.errors import LskError
from lsk.store import Store
from sync.unit_file import make_unit_file
from sync.verify import verify
from tests.sync.world import World

Make = Callable[..., World]


def test_it_holds_the_units_rows_and_the_shared_ones(world: Make) -> None:
    w = world()
    rows = {unit: w.deviation("main", unit, f"hemligt i {unit}") for unit in ("NORD", "NORDA", "SYD")}
    child = w.add("main", "investigation", deviation=rows["NORDA"], kind="ordinär", started_on="2026-03-02")
    w.add("main", "investigation", deviation=rows["SYD"], kind="ordinär", started_on="2026-03-02")
    shared = w.add("main", "role", name="Enhetschef")
    w.make("NORD")
    assert set(w.rows("NORD", "deviation")) == {rows["NORD"], rows["NORDA"]}
    assert set(w.rows("NORD", "investigation")) == {child}
    assert w.rows("NORD", "role") == w.rows("main", "role") != {}
    assert shared in w.rows("NORD", "role")
    assert w.rows("NORD", "unit") == w.rows("main", "unit")
    assert [h.id for h in w["NORD"].search("hemligt")] and len(w["NORD"].search("hemligt")) == 2


def test_no_trace_of_another_units_text(world: Make) -> None:
    w = world()
    gone = w.deviation("main", "SYD", "Borttagenhemlighet")
    w.delete("main", "deviation", gone)
    kept = w.deviation("main", "SYD", "Sydhemlighet")
    w.set("main", "deviation", kept, what_happened="Nyaresydhemlighet")
    mine = w.deviation("main", "NORD", "Nordtext")
    w.add("main", "link", kind="leder till", source=mine, target=kept, unit=w.units["NORD"])
    w.make("NORD")
    w.set("main", "deviation", kept, immediate_action="Senaresydhemlighet")
    w.set("main", "deviation", mine, immediate_action="Nordåtgärd")
    w.sync("NORD")
    w.close()
    content = w.path("NORD").read_bytes()
    assert b"hemlighet" not in content
    assert kept.encode() not in content
    assert b"Nordtext" in content and "Nordåtgärd".encode() in content


def test_a_reference_that_leads_out_is_empty_and_stays_in_main(world: Make) -> None:
    w = world()
    process = w.add("main", "process", name="Söders process", unit=w.units["SYD"])
    row = w.deviation("main", "NORD", "I söders process", process=process)
    document = w.add("main", "document", title="Söders rutin", kind="rutin", unit=w.units["SYD"])
    version = w.add("main", "document_version", document=document, version_number="1")
    person = w.add("main", "person", name="Kim Exempel")
    read = w.add(
        "main",
        "acknowledgement",
        document_version=version,
        person=person,
        unit=w.units["NORD"],
        acknowledged_on="2026-03-01",
    )
    w.make("NORD")
    assert w.get("NORD", "deviation", row, "process") is None
    assert w.get("NORD", "acknowledgement", read) is None
    w.set("NORD", "deviation", row, what_happened="Ändrad i norr")
    w.sync("NORD")
    assert w.get("main", "deviation", row, "process") == process
    assert w.get("main", "deviation", row, "what_happened") == "Ändrad i norr"
    w.set("main", "process", process, unit=None)
    w.sync("NORD")
    assert w.get("NORD", "deviation", row, "process") == process
    assert verify(w["NORD"]) == []


def test_history_is_not_copied_but_names_are(world: Make) -> None:
    w = world("SYD")
    w.deviation("main", "NORD")
    w.make("NORD")
    db = w["NORD"].db
    assert db.execute("SELECT count(*) FROM sync_op").fetchone()[0] == 0
    assert [r[0] for r in db.execute("SELECT code FROM sync_stream ORDER BY no")] == ["HK", "SYD", "NORD"]
    assert db.execute("SELECT dep, upto FROM sync_dep WHERE stream = 3 AND epoch = 0 AND dep = 1").fetchone()[1] > 0
    assert verify(w["NORD"]) == []


def test_each_file_has_its_own_code_and_number(world: Make) -> None:
    w = world("NORD", "SYD")
    w.make("NORD2", "NORD")
    files = [w[name].file for name in ("NORD", "SYD", "NORD2")]
    assert [(f.code, f.stream, f.kind) for f in files] == [
        ("NORD", 2, "enhetsfil"),
        ("SYD", 3, "enhetsfil"),
        ("NORD2", 4, "enhetsfil"),
    ]
    refs = {w.get(name, "deviation", w.deviation(name, "NORD"), "ref") for name in ("NORD", "NORD2")}
    assert refs == {"NORD-AVV-26-001", "NORD2-AVV-26-001"}


def test_what_cannot_be_made_leaves_nothing(world: Make) -> None:
    w = world("NORD")
    main, out = w["main"], w.path("ny")
    streams = main.db.execute("SELECT count(*) FROM sync_stream").fetchone()[0]
    for store, unit, path, why in (
        (main, w.units["SYD"], w.path("NORD"), "finns redan"),
        (main, "ingen", out, "Enheten finns inte"),
        (main, w.units["SYD"], w.folder / "saknas" / "ny.db", "Mappen"),
        (w["NORD"], w.units["NORD"], out, "själv en enhetsfil"),
    ):
        with pytest.raises(LskError, match=why):
            make_unit_file(store, unit, path, "Anna")
    assert not out.exists() and not list(w.folder.glob("*.ny"))
    assert main.db.execute("SELECT count(*) FROM sync_stream").fetchone()[0] == streams


def test_numbers_of_columns_may_differ_between_files(world: Make) -> None:
    """Numbers are the file's own, names are shared."""
    w = world("NORD", "SYD")
    w.close()
    with Store.open(w.path("NORD")) as store:
        from lsk import capture

        store.db.execute("UPDATE sync_column SET no = no + 50 WHERE entity = 'deviation'")
        store.db.execute("UPDATE sync_column SET tbl = tbl + 500 WHERE entity IN ('deviation', 'risk')")
        capture.install(store.db)
    row = w.deviation("NORD", "NORD", "Med andra nummer")
    w.sync("NORD")
    w.set("main", "deviation", row, what_happened="Ändrad i main")
    w.set("NORD", "deviation", row, what_happened="Ändrad i nord", diary_number="2026-1")
    w.sync("NORD")
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation")
    assert [(verify(w[name])) for name in ("main", "NORD")] == [[], []]
    assert len(w.contested("main")) == len(w.contested("NORD")) == 1

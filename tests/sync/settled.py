"""The end of every story: all is delivered, all is synced, and everything must agree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsk.capture import DELETE
from lsk.rules import check
from sync.merge import sync_files
from sync.seal import close
from sync.verify import verify
from tests.sync import oracle

if TYPE_CHECKING:
    from tests.sync.municipality import Municipality


# A value with NUL in it is kept spelt otherwise; the machine writes none.
QUARANTINED = """SELECT iif(o.new IS NULL, NULL, c.value) FROM sync_quarantine o, json_each(ifnull(o.new, o.old)) c
  WHERE o.op = ?"""


def settle(files: Municipality) -> None:
    for post in list(files.mail):
        files.hand_in(post)
    for _ in range(2):
        files.exchange(list(files.units))
    for store in files.stores.values():
        close(store)
    before = every_byte(files)
    paths = [files.folder / f"{name}.db" for name in files.units]
    assert all(s.nothing_new for s in sync_files(files.folder / "main.db", paths, "Anna"))
    for post in files.mail:
        files.hand_in(post)
    assert every_byte(files) == before
    for store in files.stores.values():
        assert [f.sentence for f in verify(store)] == [], store.path.stem
    rows = oracle.rows_of(files.stores["main"].db)
    the_main_file_is_what_was_written(files, rows)
    for name in files.units:
        a_unit_has_its_own(files, rows, name)


def every_byte(files: Municipality) -> list[bytes]:
    return [store.path.read_bytes() for store in files.stores.values()]


def the_main_file_is_what_was_written(files: Municipality, rows: dict[str, tuple[str, oracle.Row]]) -> None:
    """Rows and conflicts are what the oracle says; and what was ever written is there, in conflict or set aside, or
    someone who had seen it wrote something else."""
    db, aside = files.stores["main"].db, files.set_aside()
    reached = files.vector("main")
    everything = [w for stream, ws in files.written.items() for w in ws[: reached.get(stream, 0)]]
    counted: dict[str, list[oracle.Written]] = {}
    for w in everything:
        if w.id not in aside:
            counted.setdefault(w.row, []).append(w)
    listed = contested(files, "main")
    for record, writes in counted.items():
        verdict = oracle.judged(writes[0].entity, writes)
        assert rows.get(record, (None, None))[1] == verdict.values, record
        assert {c: ops for (r, c), ops in listed.items() if r == record} == verdict.contested, record
        for w in writes:
            for column, value in w.cells.items():
                assert kept(w, column, value, writes, verdict), (w, column)
    assert set(rows) == {r for r in rows if r in counted}
    for w in everything:
        if w.id in aside:
            values = [r[0] for r in db.execute(QUARANTINED, (w.id,))]
            assert sorted(map(repr, w.cells.values())) == sorted(map(repr, values))


def kept(w: oracle.Written, column: str, value: object, writes: list[oracle.Written], verdict: oracle.Verdict) -> bool:
    """Whether what was written still shows or is contested, or was replaced by someone who knew it."""
    if any(y.saw(w) and (column in y.cells or DELETE in (y.kind, w.kind)) for y in writes):
        return True
    if w.kind == DELETE:
        return verdict.values is None or w.id in verdict.contested.get("*", set())
    return verdict.values is not None and (
        w.id in verdict.contested.get(column, set()) or verdict.values[column] == value
    )


def contested(files: Municipality, name: str) -> dict[tuple[str, str], set[int]]:
    """(row, column) → the operations that contest it; the row itself is column *."""
    return {
        (row, column or "*"): {int(o) for o in (others or "").split(",") if o} | ({winner} if winner else set())
        for row, column, winner, others in files.stores[name].db.execute(
            """SELECT c.row, n.name, c.winner, c.others FROM sync_conflict c
               LEFT JOIN sync_column n ON n.tbl = c.tbl AND n.no = c.col"""
        )
    }


def a_unit_has_its_own(files: Municipality, rows: dict[str, tuple[str, oracle.Row]], name: str) -> None:
    """Rows, conflicts and findings of a unit's file are the main file's, as far as the unit may see."""
    db, unit = files.stores[name].db, files.ids[files.unit_of[name]]
    held = oracle.rows_of(db)
    assert held == oracle.belongs(rows, unit), name
    ours = contested(files, name)
    assert ours == {key: ops for key, ops in contested(files, "main").items() if key[0] in held}, name
    own = {r for r in held if oracle.owner(held, r) in oracle.under(held, unit)}
    whole = {r for r in own if held[r] == rows[r]} - named(row for r, row in rows.items() if r not in held)
    assert findings(files, name, whole) == findings(files, "main", whole), name


def named(rows: Iterable[tuple[str, oracle.Row]]) -> set[str]:
    """The records that rows refer to; a finding about those rests on more than their own unit may see."""
    return {str(value) for _, values in rows for value in values.values()}


def findings(files: Municipality, name: str, own: set[str]) -> set[tuple[str, str | None]]:
    return {(f.rule, f.record) for f in check(files.stores[name].db) if f.record in own}

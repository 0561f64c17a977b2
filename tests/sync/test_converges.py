"""Whatever is done, in whatever order it is synced: the files agree, repeat changes nothing, and no value is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lsk.errors import LskError
from sync.verify import verify
from tests.sync.world import World, template

FILES = {"NORD": "NORD", "SYD": "SYD", "NORDA": "NORDA", "NORD2": "NORD"}  # file → its unit
TEXTS = st.sampled_from(["röd", "grön", "blå", "åäö", "", "svart"])
_folder = tempfile.TemporaryDirectory(prefix="lsk-test-")
TEMPLATE = Path(_folder.name) / "main.db"
template(TEMPLATE)


class Files(RuleBasedStateMachine):
    @initialize(count=st.integers(2, 3), extra=st.booleans())
    def start(self, count: int, extra: bool) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="lsk-test-")
        names = ["NORD", "SYD", "NORDA"][:count] + (["NORD2"] if extra else [])
        self.world = World(Path(self.folder.name), TEMPLATE)
        self.written: set[tuple[str, str, Any]] = set()
        for unit in ("NORD", "SYD", "NORDA"):
            self.note(
                self.world.deviation("main", unit, f"från början i {unit}"), "what_happened", f"från början i {unit}"
            )
        self.common = self.world.rows("main", "process").popitem()[0]
        for name in names:
            self.world.make(name, FILES[name])
        self.files = ["main", *names]

    def note(self, record: str, field: str, value: Any) -> None:
        self.written.add((record, field, value))

    def file(self, number: int) -> str:
        return self.files[number % len(self.files)]

    def units(self, where: str) -> list[str]:
        if where == "main":
            return ["NORD", "SYD", "NORDA"]
        return ["NORD", "NORDA"] if FILES[where] == "NORD" else [FILES[where]]

    def pick(self, where: str, entity: str, number: int) -> str | None:
        ids = [self.world.units[u] for u in self.units(where)]
        column = "(SELECT d.unit FROM deviation d WHERE d.id = t.deviation)" if entity == "investigation" else "t.unit"
        found = [
            r[0]
            for r in self.world[where].db.execute(
                f'SELECT t.id FROM "{entity}" t WHERE {column} IN ({", ".join("?" * len(ids))}) ORDER BY t.id', ids
            )
        ]
        return found[number % len(found)] if found else None

    @rule(who=st.integers(0, 9), unit=st.integers(0, 9), text=TEXTS)
    def add(self, who: int, unit: int, text: str) -> None:
        where = self.file(who)
        units = self.units(where)
        text = text or "tom"
        self.note(self.world.deviation(where, units[unit % len(units)], text), "what_happened", text)

    @rule(
        who=st.integers(0, 9),
        which=st.integers(0, 99),
        field=st.sampled_from(["what_happened", "immediate_action", "diary_number"]),
        text=TEXTS,
    )
    def edit(self, who: int, which: int, field: str, text: str) -> None:
        where = self.file(who)
        record = self.pick(where, "deviation", which)
        if record is not None and (text or field != "what_happened"):
            before = self.world.get(where, "deviation", record, field)
            self.world.set(where, "deviation", record, **{field: text or None})
            if (text or None) != before:
                self.note(record, field, text or None)

    @rule(who=st.integers(0, 9), which=st.integers(0, 99))
    def remove(self, who: int, which: int) -> None:
        where = self.file(who)
        record = self.pick(where, "deviation", which)
        if record is not None:
            try:
                self.world.delete(where, "deviation", record)
            except LskError:  # an investigation leans on it
                self.world.raw(where, "DELETE FROM investigation WHERE deviation = ?", record)

    @rule(who=st.integers(0, 9), which=st.integers(0, 99))
    def add_child(self, who: int, which: int) -> None:
        where = self.file(who)
        record = self.pick(where, "deviation", which)
        if record is not None:
            self.world.add(where, "investigation", deviation=record, kind="ordinär", started_on="2026-03-02")

    @rule(who=st.integers(0, 9), a=st.integers(0, 99), b=st.integers(0, 99))
    def process_tree(self, who: int, a: int, b: int) -> None:
        where = self.file(who)
        units = self.units(where)
        first, second = self.pick(where, "process", a), self.pick(where, "process", b)
        if first is None or a % 3 == 0:
            self.world.add(
                where, "process", name=f"Process {a}", unit=self.world.units[units[a % len(units)]], parent=self.common
            )
        elif first != second and not self.under(where, second, first):
            self.world.set(where, "process", first, parent=second)

    def under(self, where: str, row: str | None, above: str) -> bool:
        while row is not None:
            if row == above:
                return True
            row = self.world.get(where, "process", row, "parent")
        return False

    @rule(which=st.integers(0, 99), unit=st.integers(0, 9))
    def move(self, which: int, unit: int) -> None:
        """The coordinator hands a deviation over to another unit."""
        record = self.pick("main", "deviation", which)
        if record is not None:
            self.world.set("main", "deviation", record, unit=self.world.units[self.units("main")[unit % 3]])

    @rule(which=st.integers(0, 99))
    def remove_process(self, which: int) -> None:
        record = self.pick("main", "process", which)
        if (
            record is not None
            and not self.world["main"].db.execute("SELECT 1 FROM process WHERE parent = ?", (record,)).fetchone()
        ):
            self.world.delete("main", "process", record)

    @rule(numbers=st.lists(st.integers(1, 9), min_size=1, max_size=3))
    def sync(self, numbers: list[int]) -> None:
        names = list(dict.fromkeys(self.files[1:][n % (len(self.files) - 1)] for n in numbers))
        self.world.sync(*names)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def sound(self) -> None:
        for name in self.files:
            assert self.world[name].db.execute("PRAGMA foreign_key_check").fetchall() == []

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.settle()
        finally:
            self.world.close()
            self.folder.cleanup()

    def settle(self) -> None:
        units = self.files[1:]
        self.world.sync(*units)
        self.world.sync(*units)
        before = [self.world.dump(name) for name in self.files]
        assert all(s.nothing_new for s in self.world.sync(*units))
        assert [self.world.dump(name) for name in self.files] == before
        main = self.world.all_rows("main")
        for name in units:
            rows = self.world.all_rows(name)
            ours = {self.world.units[u] for u in self.units(name)}
            inside = {key for key, row in self.world.rows("main", "deviation").items() if ours & set(row)}
            assert set(self.world.rows(name, "deviation")) == inside
            assert all(rows[k] == main[k] for k in self.world.rows(name, "deviation"))
            known = {c for c in self.world.contested("main") if c[0] in rows}
            assert self.world.contested(name) == known
        for name in self.files:
            assert [f.sentence for f in verify(self.world[name])] == []
        self.nothing_lost()

    def nothing_lost(self) -> None:
        db = self.world["main"].db
        logged = {
            (r[0], r[1], r[2])
            for r in db.execute(
                """SELECT coalesce(o.row, q.row), n.name, c.new FROM sync_cell c LEFT JOIN sync_op o ON o.id = c.id >> 7
                   LEFT JOIN sync_quarantine q ON q.op = c.id >> 7
                   JOIN sync_column n ON n.tbl = coalesce(o.tbl, q.tbl) AND n.no = c.id & 127"""
            )
        }
        assert self.written <= logged


Files.TestCase.settings = settings(
    max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestFiles = Files.TestCase

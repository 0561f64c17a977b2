"""The machine: whatever people, coordinators and the post may do to a municipality's files, in any order."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lsk.change import derived_id
from lsk.errors import LskError
from lsk.history import redo, undo, undoable
from lsk.model import ENTITIES
from lsk.store import now
from sync import keys
from sync.conflicts import conflicts, decide_for
from sync.envelope import Damaged
from sync.package import acknowledged, write_down, write_up
from sync.seal import seal
from sync.unit_file import make_unit_file
from tests.sync.municipality import UNITS, Municipality, replica
from tests.sync.settled import settle

HOUR = (3600 * 1000) << 16

FREE = {  # what may be edited, and with what
    "deviation": ("what_happened", "immediate_action", "diary_number"),
    "investigation": ("conclusion", "assessment_reason"),
    "process": ("name", "purpose"),
    "activity": ("name", "description"),
    "risk": ("description", "consequence_text"),
    "document": ("title", "applies_to"),
    "document_version": ("version_number", "procedure"),
    "link": ("note",),
}
OWNED = tuple(FREE)
NEEDED = {"what_happened", "name", "description", "title", "version_number"}
CHILDREN = {
    "deviation": ("investigation", "deviation"),
    "process": ("activity", "process"),
    "document": ("document_version", "document"),
}
WORDS = st.sampled_from(["röd", "blå", "åäö", "", None, "röd"])
FILE, ROW = st.integers(0, 4), st.integers(0, 30)
KIND, UNIT = st.sampled_from(OWNED), st.sampled_from(sorted(UNITS))


class Files(Municipality, RuleBasedStateMachine):
    """What may happen; at the end all must agree (settled.py)."""

    def teardown(self) -> None:
        with self.ending:
            settle(self)

    # --- what people do

    @rule(who=FILE, kind=KIND, unit=UNIT, word=WORDS, which=ROW)
    def add(self, who: int, kind: str, unit: str, word: str | None, which: int) -> None:
        name = self.file(who)
        owner = self.some_unit(name, unit)
        process = self.pick_id(name, "process", which, anyones=True)
        if kind == "deviation":
            self.insert(
                name, kind, kind="k", unit=owner, received_on="2026-03-01", what_happened=word or "ny",
                process=process if which % 2 else None,
            )  # fmt: skip
        elif kind == "process":
            self.insert(name, kind, name=word or "ny", unit=owner, parent=process)
        elif kind == "risk":
            self.insert(name, kind, description=word or "ny", unit=owner, process=process if which % 2 else None)
        elif kind == "document":
            self.insert(name, kind, title=word or "ny", kind="rutin", unit=owner)
        elif kind == "investigation" and (parent := self.pick_id(name, "deviation", which)):
            self.insert(name, kind, deviation=parent, kind="ordinär", conclusion=word)
        elif kind == "document_version" and (parent := self.pick_id(name, "document", which)):
            self.insert(name, kind, document=parent, version_number=word or "1")
        elif kind == "activity" and (parent := self.pick_id(name, "process", which)):
            self.insert(name, kind, process=parent, name=word or "ny", position=self.place(name, parent, which))

    @rule(who=FILE, a=ROW, b=ROW, unit=UNIT, word=WORDS)
    def link(self, who: int, a: int, b: int, unit: str, word: str | None) -> None:
        """A link has a derived id: made in two files it is one row."""
        name = self.file(who)
        source, target = self.pick_id(name, "deviation", a, a % 2 > 0), self.pick_id(name, "process", b, anyones=True)
        if source and target:
            values = {"kind": "rör", "source": source, "target": target}
            record = derived_id(ENTITIES["link"], values)
            self.insert(
                name, "link", id=record, ref=f"LNK-{record[:8]}", unit=self.some_unit(name, unit), note=word, **values
            )

    @rule(who=FILE, which=ROW, first=WORDS, second=WORDS, anyones=st.integers(0, 5))
    def edit(self, who: int, which: int, first: str | None, second: str | None, anyones: int) -> None:
        """One field or two; now and then in a row that is not the unit's to change."""
        name = self.file(who)
        if found := self.pick(name, OWNED, which, anyones=anyones == 0):
            kind, record = found
            fields = FREE[kind][: 1 + which % 2]
            values = [v or "måste" if f in NEEDED else v for f, v in zip(fields, (first, second), strict=False)]
            sets = ", ".join(f'"{f}" = ?' for f in fields)
            self.save(name, (f'UPDATE "{kind}" SET {sets} WHERE id = ?', (*values, record)))

    @rule(who=FILE, which=ROW, children=st.booleans())
    def remove(self, who: int, which: int, children: bool) -> None:
        name = self.file(who)
        if found := self.pick(name, OWNED, which):
            kind, record = found
            first = []
            if children and kind in CHILDREN:
                child, field = CHILDREN[kind]
                first.append((f'DELETE FROM "{child}" WHERE "{field}" = ?', (record,)))
            self.save(name, *first, (f'DELETE FROM "{kind}" WHERE id = ?', (record,)))

    @rule(who=FILE, again=st.booleans())
    def take_back(self, who: int, again: bool) -> None:
        name = self.file(who)
        standing = undoable(self.stores[name].db)
        if again or (standing and standing["id"] > self.beginning):  # not that there are units at all
            with contextlib.suppress(LskError):  # it has been changed since
                (redo if again else undo)(self.stores[name], name)
            self.note(name)

    @rule(who=FILE, which=ROW, to=ROW)
    def reorder(self, who: int, which: int, to: int) -> None:
        name = self.file(who)
        record = self.pick_id(name, "activity", which)
        if record:
            (process,) = self.stores[name].db.execute("SELECT process FROM activity WHERE id = ?", (record,)).fetchone()
            self.save(name, ("UPDATE activity SET position = ? WHERE id = ?", (self.place(name, process, to), record)))

    @rule(who=FILE, kind=st.sampled_from(["process", "document"]), which=ROW, to=ROW)
    def move_in_tree(self, who: int, kind: str, which: int, to: int) -> None:
        name = self.file(who)
        record, parent = self.pick_id(name, kind, which), self.pick_id(name, kind, to, anyones=True) if to else None
        above, db = parent, self.stores[name].db
        while above is not None and above != record:
            (above,) = db.execute(f'SELECT parent FROM "{kind}" WHERE id = ?', (above,)).fetchone()
        if record and above is None:
            self.save(name, (f'UPDATE "{kind}" SET parent = ? WHERE id = ?', (parent, record)))

    @rule(who=FILE, which=ROW, side=st.integers(0, 2))
    def decide(self, who: int, which: int, side: int) -> None:
        store = self.stores[self.file(who)]
        if found := sorted(conflicts(store), key=lambda c: (c.record, c.column)):
            conflict = found[which % len(found)]
            with contextlib.suppress(LskError):  # not the unit's to decide, or others lean on what would be deleted
                decide_for(store, conflict, conflict.sides[side % len(conflict.sides)], "Chefen")
            self.note(self.file(who))

    # --- what the coordinator does

    @rule(which=ROW, unit=UNIT)
    def hand_over(self, which: int, unit: str) -> None:
        if found := self.pick("main", ("deviation", "process", "risk", "document", "link"), which):
            self.save("main", (f'UPDATE "{found[0]}" SET unit = ? WHERE id = ?', (self.ids[unit], found[1])))

    @rule(which=ROW, unit=st.sampled_from([None, *sorted(UNITS)]))
    def allot(self, which: int, unit: str | None) -> None:
        """Another unit's risk or process to read."""
        if found := self.pick("main", ("risk", "process"), which):
            self.save(
                "main", (f'UPDATE "{found[0]}" SET allotted_to = ? WHERE id = ?', (unit and self.ids[unit], found[1]))
            )

    @rule(above=st.sampled_from([None, "NORD", "SYD"]))
    def move_unit(self, above: str | None) -> None:
        self.save("main", ("UPDATE unit SET parent = ? WHERE id = ?", (above and self.ids[above], self.ids["NORDA"])))

    @rule(who=st.integers(0, 3))
    def revoke(self, who: int) -> None:
        """A computer is lost: its file is revoked, and the unit gets a new one."""
        old = self.units[who]
        main, unit, stream = self.stores["main"], self.unit_of[old], self.stream(old)
        main.db.execute("UPDATE sync_stream SET revoked_at = ? WHERE no = ?", (now(), stream))
        self.number += 1
        name = f"{unit}-{self.number}"
        make_unit_file(main, self.ids[unit], self.folder / f"{name}.db", "Anna")
        self.units[who], self.unit_of[name] = name, unit
        self.keys[name] = keys.create(replica(self.folder / f"{name}.db"))
        self.open(name)
        self.seen[name] = self.vector("main")
        self.mail = [post for post in self.mail if post.file != old]
        self.stores.pop(old).close()

    @rule(who=FILE, hours=st.sampled_from([-30, -1, 1, 30, 24 * 400]))
    def jump(self, who: int, hours: int) -> None:
        self.stores[self.file(who)].db.execute("UPDATE sync_local SET hlc = hlc + ?", (hours * HOUR,))

    # --- what travels

    @rule(numbers=st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True))
    def sync(self, numbers: list[int]) -> None:
        self.exchange([self.units[n] for n in numbers])

    @rule(who=st.integers(0, 3), all_of_it=st.booleans())
    def post_up(self, who: int, all_of_it: bool) -> None:
        name = self.units[who]
        store = self.stores[name]
        self.enrol(name)
        seal(store, self.keys[name])
        after = 0 if all_of_it else acknowledged(store.db)[store.file.stream]
        if after < self.count[name]:
            self.put_in(name, True, write_up(store, self.folder / "paket", after, self.count[name]))

    @rule(who=st.integers(0, 3), trusting=st.booleans())
    def post_down(self, who: int, trusting: bool) -> None:
        """``trusting``: it builds on what was sent before, which may never come."""
        name = self.units[who]
        sent = self.sent.get(name) if trusting else None
        base = sent or acknowledged(self.stores[name].db)
        about = write_down(self.stores["main"], self.stream(name), base, self.folder / "paket")
        self.sent[name] = about.upto
        self.put_in(name, False, about)

    @rule(which=ROW, times=st.integers(1, 2), keep=st.booleans())
    def deliver(self, which: int, times: int, keep: bool) -> None:
        """Late, in any order, more than once."""
        if self.mail:
            post = self.mail[which % len(self.mail)]
            for _ in range(times):
                self.hand_in(post)
            if not keep:
                self.mail.remove(post)

    @rule(which=ROW, part=st.floats(0, 0.999))
    def cut(self, which: int, part: float) -> None:
        """A bundle that came only in part is not taken for one."""
        if self.mail:
            post, path = self.mail[which % len(self.mail)], self.folder / "avkortad"
            whole = post.path.read_bytes()
            path.write_bytes(whole[: int(len(whole) * part)])
            with pytest.raises(Damaged):
                self.taken_out(post, path)

    @rule(which=ROW)
    def lose(self, which: int) -> None:
        if self.mail:
            self.mail.pop(which % len(self.mail))

    # --- what must hold

    @invariant()
    def references_hold(self) -> None:
        for store in self.stores.values():
            assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []

"""The thread through a record: the stages from paragraph to decision to the left, the chosen stage's records beside."""

from __future__ import annotations

import json
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from lsk.model import ENTITIES
from lsk.records import one
from lsk.stages import AFTER, BEFORE, BESIDE, HERE, Stage, thread
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.lines import Jump, Line
from lsk_tui.lookup import telling
from lsk_tui.pictures.base import Picture
from lsk_tui.widgets.lines import Lines
from lsk_tui.words import cut, name_of

SIGNS = {BEFORE: "↑", HERE: "●", AFTER: "↓", BESIDE: "≈", "": "–"}
IN_WORDS = {BEFORE: "leder hit", HERE: "här", AFTER: "följer av det", BESIDE: "gäller för hela processen"}
MOST = 100  # records shown of a stage; the rest in a list


class Thread(Picture):
    """Begins at ``record``; Enter opens what is marked, and the thread can be followed from there."""

    PLACE = actions.THREAD
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "system.tcss"

    stages: list[Stage]

    def content(self) -> ComposeResult:
        self.stages = []
        yield Static("", id="thread-about", markup=False)
        with Vertical(id="thread"), Horizontal():
            yield Lines(id="stages")
            yield Lines(id="members")

    def title_words(self) -> str:
        if self.entity is None or self.record is None:
            return self.view.words
        return f"Spår: {name_of(self.lsk.store.db, self.entity, self.record, self.lsk.store.terms)}"

    @property
    def chosen(self) -> Jump | None:
        line = self.query_one("#members", Lines).current
        return line.target if line is not None and isinstance(line.target, Jump) else None

    def situation(self) -> Situation:
        chosen = self.chosen if self.is_mounted else None
        if chosen is not None and chosen.record is not None and self.query_one("#members").has_focus:
            return self.lsk.situation(ENTITIES[chosen.entity], chosen.record)
        return super().situation()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        entity, record = self.entity, self.record
        if entity is None or record is None:
            self.query_one("#thread-about", Static).update("Ställ dig på en post i en lista och tryck t.")
            return
        with self.telling():
            title, self.stages = await self.lsk.desk.ask(
                lambda store: (telling(store, entity, record), thread(store.db, entity, record))
            )
            self.query_one("#thread-about", Static).update(f"{cut(title, 140)}\n{self.how_whole()}")
            stages = self.query_one("#stages", Lines)
            alone = [Line("Inget annat pekar på posten, och den pekar inte på något.", heading=True)]
            first = stages.highlighted is None
            stages.show([stage_line(stage) for stage in self.stages] or alone)
            if first and self.stages:
                stages.highlighted = next((n for n, s in enumerate(self.stages) if s.way == HERE), 0)
            self.members()

    def how_whole(self) -> str:
        missing = [stage.words.lower() for stage in self.stages if stage.missing]
        if self.entity == "unit":
            have = f"{len(self.stages) - len(missing)} av {len(self.stages)} delar finns"
            return f"{have}. Saknas: {', '.join(missing)}." if missing else f"{have}."
        signs = "↑ leder hit  ● här  ↓ följer av det  ≈ gäller hela processen"
        return f"{signs}  – saknas" if missing else signs

    @on(Lines.OptionHighlighted, "#stages")
    def stage_chosen(self) -> None:
        self.members()

    @on(Lines.OptionSelected, "#stages")
    def go_in(self) -> None:
        self.query_one("#members").focus()

    @on(Lines.OptionSelected, "#members")
    def opened(self) -> None:
        if self.chosen is not None:
            self.lsk.jump(self.chosen)

    @work(exclusive=True, group="members")
    async def members(self) -> None:
        """The records of the stage under the cursor."""
        at = self.query_one("#stages", Lines).highlighted
        if at is None or at >= len(self.stages):
            return
        stage, start = self.stages[at], self.record
        with self.telling():
            found = await self.lsk.desk.ask(lambda store: member_lines(store, stage, start))
            self.query_one("#members", Lines).show(found, keep=False)

    def do_trace(self) -> None:
        chosen = self.chosen
        if chosen is None or chosen.record is None:
            self.app.notify("Välj först en post i något av leden.", severity="warning")
        else:
            self.lsk.show_picture(self.view.name, chosen.entity, chosen.record)


def stage_line(stage: Stage) -> Line:
    many = str(stage.count) if stage.records else "saknas"
    return Line(f"{SIGNS[stage.way]} {stage.words} {many}", faint=stage.missing, one_line=True)


def member_lines(store: Store, stage: Stage, start: str | None) -> list[Line]:
    """A heading that says how the stage hangs together with the start, then its records."""
    changed = f", senast ändrat {stage.changed}" if stage.changed else ""
    if stage.missing:
        return [Line(f"{stage.words}: saknas", heading=True), Line("", heading=True),
                Line("Inget i det här ledet hänger ihop med posten.", heading=True)]  # fmt: skip
    lines = [Line(f"{stage.words}: {IN_WORDS[stage.way]}{changed}", heading=True)]
    kind = ""
    for name, record in stage.records[:MOST]:
        if name != kind and len({n for n, _ in stage.records}) > 1:
            lines.append(Line(store.terms.entity_label(name, many=True), heading=True))
        kind = name
        lines.append(member(store, name, record, "● " if record == start else ""))
    if len(stage.records) > MOST:
        lines += [rest(store, stage, name) for name in dict.fromkeys(n for n, _ in stage.records)]
    return lines


def member(store: Store, name: str, record: str, sign: str) -> Line:
    row = one(store.db, name, record)
    if row is None:
        return Line("(borttagen)", heading=True)
    facts = [row["ref"] or "", row["status"] if ENTITIES[name].workflow else ""]
    about = " · ".join(fact for fact in facts if fact)
    return Line(f"{sign}{cut(telling(store, name, record), 150)}\n{about}", target=Jump(name, record))


def rest(store: Store, stage: Stage, name: str) -> Line:
    every = [record for kind, record in stage.records if kind == name]
    words = store.terms.entity_label(name, many=True)
    where = "t.id IN (SELECT value FROM json_each(?))"
    every_one = Jump(name, where=where, params=(json.dumps(every),), title=words)
    return Line(f"… alla {len(every)} {words.lower()}", target=every_one)

"""The map of processes: under each its activities and routines, and what is lacking."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from lsk.model import ENTITIES
from lsk.processmap import Node, process_map
from lsk.terms import numbered
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.lines import Jump, Line
from lsk_tui.pictures.base import Picture
from lsk_tui.widgets.lines import Lines

OPEN, CLOSED, LEAF, DOCUMENT = "▾", "▸", "·", "≡"


class ProcessMap(Picture):
    """Lines that fold. A record it is opened from is shown where it lies."""

    PLACE = actions.MAP
    BINDINGS: ClassVar[list[BindingType]] = [
        *actions.bindings(PLACE),
        Binding("left", "unfold(False)", show=False),
        Binding("right", "unfold(True)", show=False),
    ]
    CSS_PATH = "system.tcss"

    nodes: list[Node]
    seen: list[Node]

    def content(self) -> ComposeResult:
        self.nodes, self.seen = [], []
        self.open: set[tuple[str, ...]] = set()
        self.only_gaps, self.begun = False, False
        yield Static("", id="map-status", markup=False)
        yield Lines(id="map")

    def title_words(self) -> str:
        return f"{self.view.words}: bara brister" if self.only_gaps else self.view.words

    def situation(self) -> Situation:
        node = self.current
        if node is None:
            return self.lsk.situation(ENTITIES["process"])
        return self.lsk.situation(ENTITIES[node.entity], node.id)

    @property
    def current(self) -> Node | None:
        at = self.query_one("#map", Lines).highlighted
        return self.seen[at] if at is not None and at < len(self.seen) else None

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            self.nodes = await self.lsk.desk.ask(lambda store: process_map(store.db, store.today))
            start = next((n for n in self.nodes if n.id == self.record), None)
            if start is not None and not self.begun:
                self.open |= {start.place[:n] for n in range(1, len(start.place))}
            self.draw(start.place if start is not None and not self.begun else None)
            self.begun = True

    def draw(self, here: tuple[str, ...] | None = None) -> None:
        """Show what is unfolded, the cursor at ``here``, or at the nearest place above it that is seen."""
        stay = here or (self.current.place if self.current else None)
        wanted = set[tuple[str, ...]]()
        for node in self.nodes:
            if node.lacks:
                wanted |= {node.place[:n] for n in range(1, len(node.place) + 1)}
        self.seen = [n for n in self.nodes if self.unfolded(n) and (not self.only_gaps or n.place in wanted)]
        lines = self.query_one("#map", Lines)
        nothing = "Inga processer ännu. Gå till listan Processer och tryck n."
        if self.nodes:
            nothing = "Ingen process saknar något. Tryck b för att se hela kartan igen."
        lines.show([self.line(node) for node in self.seen] or [Line(nothing, heading=True)], keep=False)
        places = [node.place for node in self.seen]
        while stay and stay not in places:
            stay = stay[:-1]
        if stay:
            lines.highlighted = places.index(stay)
        self.status()

    def unfolded(self, node: Node) -> bool:
        return self.only_gaps or all(node.place[:n] in self.open for n in range(1, len(node.place)))

    def status(self) -> None:
        kinds = ("process", "activity", "document")
        count = {name: len({n.id for n in self.nodes if n.entity == name}) for name in kinds}
        terms = self.lsk.store.terms
        parts = [f"{n} {terms.entity_label(name, many=n != 1).lower()}" for name, n in count.items()]
        lacking = len({n.id for n in self.nodes if n.lacks})
        words = f"! {numbered(lacking, 'har brist', 'har brister')}" if lacking else "inget saknas"
        self.query_one("#map-status", Static).update(f"{' · '.join(parts)} · {words}")
        self.tell()

    def line(self, node: Node) -> Line:
        sign = LEAF if not node.children else OPEN if node.place in self.open or self.only_gaps else CLOSED
        words = f"{DOCUMENT if node.entity == 'document' else sign} {node.words}"
        if node.who:
            words += f" – {node.who}"
        if node.lacks:
            words += f"  ! {', '.join(node.lacks)}"
        if sign == CLOSED:
            words += f"  ({node.children})"
            if node.below:
                words += f"  ! {numbered(node.below, 'brist', 'brister')} under"
        return Line(words, target=Jump(node.entity, node.id), indent=2 * node.depth)

    @on(Lines.OptionHighlighted)
    def moved(self) -> None:
        self.tell()

    @on(Lines.OptionSelected)
    def opened(self) -> None:
        if self.current is not None:
            self.lsk.jump(Jump(self.current.entity, self.current.id))

    def action_unfold(self, out: bool) -> None:
        """Right folds out; left folds in what is folded out here, or else what the line is part of."""
        node = self.current
        if node is None:
            return
        closed = node.children > 0 and node.place not in self.open
        if out and closed:
            self.do_fold()
        elif not out and closed and node.depth:
            self.open -= {node.place[:-1]}
            self.draw(node.place[:-1])
        elif not out and not closed:
            self.do_fold()

    def do_fold(self) -> None:
        node = self.current
        if node is None:
            return
        place = node.place if node.children else node.place[:-1]  # at the end of a branch: fold what it is part of
        self.open ^= {place} if place else set()
        self.draw(place or None)

    def do_all(self) -> None:
        every = {node.place for node in self.nodes if node.children}
        self.open = set() if self.open >= every else every
        self.draw()

    def do_gaps(self) -> None:
        self.only_gaps = not self.only_gaps
        self.draw()

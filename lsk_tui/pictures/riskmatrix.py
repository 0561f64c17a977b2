"""Risks in the municipality's matrix: as they were first judged beside as they are judged now."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from lsk import risk_matrix
from lsk.risk_matrix import About, Matrix, Place, Square
from lsk.store import Store
from lsk.terms import numbered
from lsk_tui import actions
from lsk_tui.pictures import View
from lsk_tui.pictures.heat_map import HERE, Beyond, HeatMap
from lsk_tui.pictures.of_unit import OfUnit
from lsk_tui.widgets.lines import Jump

FIRST, NOW = "Inneboende: som de först bedömdes", "Kvarstående: som de bedöms nu"


class RiskMatrix(OfUnit):
    """The arrows go between the squares, Enter to the risks in one. Opened from a risk it shows where that one lies."""

    PLACE = actions.RISKS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "riskmatrix.tcss"

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.matrix: Matrix | None = None
        self.about = About(analysis=record if entity == "risk_analysis" else None)
        self.asked_scale: tuple[str | None] | None = (record,) if entity == "risk_scale" and record else None

    def content(self) -> ComposeResult:
        yield Static("", id="told", markup=False)
        with Horizontal(id="maps"):
            yield HeatMap(True, "first")
            yield HeatMap(False, "now")
        yield Static("", id="square", markup=False)
        yield Static("", id="legend", markup=False)

    @property
    def now(self) -> HeatMap:
        return self.query_one("#now", HeatMap)

    @property
    def first(self) -> HeatMap:
        return self.query_one("#first", HeatMap)

    def on_mount(self) -> None:
        super().on_mount()
        self.now.focus()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        risk = self.record if self.entity == "risk" else None

        def read(store: Store) -> tuple[Matrix, About, Place | None, Place | None]:
            scale, place, first_place = risk_matrix.judged(store.db, risk) if risk else (None, None, None)
            if self.asked_scale is not None:
                scale = self.asked_scale[0]
            elif place is None:
                scale = risk_matrix.scales(store.db)[0]
            about = About(scale, self.units(store), self.about.analysis)
            return risk_matrix.matrix(store.db, about), about, place, first_place

        with self.telling():
            begun = self.matrix is not None
            matrix, self.about, place, first_place = await self.lsk.desk.ask(read)
            self.matrix = matrix
            terms = self.lsk.store.terms
            axes = (terms.field_label("risk", "probability").upper(), terms.field_label("risk", "consequence").upper())
            self.first.show(matrix, FIRST, axes, first_place)
            self.now.show(matrix, NOW, axes, place)
            if not begun:
                gravest = matrix.gravest
                self.now.at, self.first.at = place or gravest, first_place or gravest
            self.query_one("#told", Static).update(self.told(matrix))
            self.query_one("#legend", Static).update(self.legend(matrix))
            self.tell_square(self.first if self.first.has_focus else self.now)

    def told(self, matrix: Matrix) -> str:
        """How many risks, and what has become of them."""
        n = sum(square.now for square in matrix.squares.values())
        parts = [numbered(n, "öppen risk", "öppna risker")]
        moved = [(matrix.lowered, "sänkt", "sänkta"), (matrix.raised, "höjd", "höjda")]
        words = " och ".join(numbered(count, one, many) for count, one, many in moved if count)
        if words:
            parts.append(f"{words} sedan första bedömningen")
        if matrix.unjudged:
            parts.append(f"{matrix.unjudged} utan bedömning")
        if matrix.elsewhere:
            parts.append(f"{matrix.elsewhere} på en annan skala (s)")
        return " · ".join(parts)

    def legend(self, matrix: Matrix) -> str:
        if not matrix.name:
            return "Ingen riskskala är bestämd: lägg till en under Riskskalor, och dess rutor under Riskrutor."
        levels = ", ".join(f"{sign} = {band}" for sign, band in matrix.bands)
        limit = f" · ! åtgärd krävs, från riskvärde {matrix.action_from}" if matrix.action_from is not None else ""
        mark = f" · {HERE} här ligger risken" if self.entity == "risk" else ""
        return f"{matrix.name}: {levels}{limit}{mark}"

    @on(HeatMap.Moved)
    def moved(self, event: HeatMap.Moved) -> None:
        self.tell_square(self.first if event.first else self.now)

    def tell_square(self, heat_map: HeatMap) -> None:
        """The square under the cursor in words."""
        square = heat_map.square
        if square is None or self.matrix is None:
            return
        n = square.count(heat_map.first)
        band = f" ({square.band})" if square.band else ""
        value = "" if square.score is None else f", riskvärde {square.score}{band}"
        then = f"{numbered(n, 'risk', 'risker')}, Enter visar {'den' if n == 1 else 'dem'}" if n else "inga risker"
        self.query_one("#square", Static).update(f"{self.place_words(square)}{value}: {then}.")

    def place_words(self, square: Square) -> str:
        terms = self.lsk.store.terms
        probability, consequence = terms.field_label("risk", "probability"), terms.field_label("risk", "consequence")
        return f"{probability} {square.place[0]}, {consequence.lower()} {square.place[1]}"

    @on(HeatMap.Opened)
    def opened(self, event: HeatMap.Opened) -> None:
        where, values = risk_matrix.risks_in(self.about, event.square.place, event.first)
        words = self.place_words(event.square)
        title = f"{self.lsk.store.terms.entity_label('risk', many=True)}: {words[:1].lower()}{words[1:]}"
        self.lsk.jump(
            Jump("risk", where=where, params=values, title=title + (", först bedömda" if event.first else ""))
        )

    @on(Beyond)
    def beyond(self, event: Beyond) -> None:
        """Out of the one matrix and into the other, where both are seen."""
        other = self.now if event.source is self.first else self.first
        if other.size.width and (event.way > 0) == (event.source is self.first):
            assert self.matrix is not None
            columns = self.matrix.consequences
            other.at = (event.source.at[0], columns[0] if event.way > 0 else columns[-1])
            other.focus()

    def do_before(self) -> None:
        """The other matrix: seen instead of this one where there is room for one only."""
        other = self.now if self.first.has_focus else self.first
        self.set_class(other is self.first, "-before")
        other.focus()

    def do_scale(self) -> None:
        if self.matrix is None or len(self.matrix.scales) < 2:
            self.app.notify("Det finns ingen annan riskskala med risker.")
            return
        scales = self.matrix.scales
        at = scales.index(self.about.scale) if self.about.scale in scales else -1
        self.asked_scale = (scales[(at + 1) % len(scales)],)
        self.load()

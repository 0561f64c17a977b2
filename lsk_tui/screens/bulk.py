"""Change or delete the marked records: field, value, what would happen, and then as one change."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from lsk import many
from lsk.errors import LskError
from lsk.many import Tried
from lsk.model import ENTITIES
from lsk.model.vocabulary import Field, Order
from lsk.personal import register
from lsk.store import Store
from lsk.terms import Terms
from lsk.values import UNKNOWN, shown
from lsk_tui.screens.dialogs import CLOSE
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.widgets.lines import Line, Lines
from lsk_tui.words import counted, cut, plain

TOLD = 20  # refused records that are named
BEFORE = 6  # values they have now that are named


class Many(ModalScreen[str]):
    """Shows what would happen to ``ids``; dismissed with a sentence of what was done, or None."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["form.tcss", "bulk.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]
    VERB, NONE = "", ""

    def __init__(self, entity: str, ids: list[str]) -> None:
        super().__init__()
        self.entity, self.ids = ENTITIES[entity], ids
        self.tried = Tried([])

    @property
    def lsk(self) -> Any:
        return self.app

    def how_many(self, n: int) -> str:
        return counted(n, self.entity.name, self.lsk.store.terms)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(f"{self.VERB} {self.how_many(len(self.ids))}", classes="dialog-title", markup=False)
            yield Lines(id="what")
            yield Vertical(id="value")
            yield VerticalScroll(Static("", id="preview", markup=False), id="outcome")
            with Horizontal(classes="buttons"):
                yield Button("Avbryt", id="cancel", compact=True)
                yield Button("", id="go", compact=True)

    def stage(self, name: str) -> None:
        """Show one step of the question: what, value or outcome."""
        for step in ("what", "value", "outcome"):
            self.query_one(f"#{step}").display = step == name
        self.query_one("#go").display = name != "what"

    def outcome(self, tried: Tried, happens: str, button: str) -> None:
        """What would happen, and the button that does it if anything can be done."""
        self.tried = tried
        self.stage("outcome")
        self.query_one("#preview", Static).update("\n".join(self.told(tried, happens)))
        go = self.query_one("#go", Button)
        go.label, go.display = f"{button} {len(tried.can)}", bool(tried.can)
        self.query_one("#cancel", Button).focus()

    def told(self, tried: Tried, happens: str) -> list[str]:
        if tried.stopped:
            return [self.NONE, f"✗ {plain(self.entity, tried.stopped)}"]
        lines = [f"{self.how_many(len(tried.can))} {happens}." if tried.can else self.NONE]
        if tried.same:
            lines.append(f"{tried.same} har redan det värdet.")
        if tried.refused:
            lines.append(f"{len(tried.refused)} lämnas som de är:")
            first = dict(list(tried.refused.items())[:TOLD])
            refs = self.refs(list(first))
            lines += [f"✗ {refs.get(record, record)}: {plain(self.entity, why)}" for record, why in first.items()]
            lines += [f"… och {len(tried.refused) - TOLD} till."] if len(tried.refused) > TOLD else []
        return lines

    def refs(self, ids: list[str]) -> dict[str, str]:
        marks = ", ".join("?" * len(ids))
        rows = self.lsk.store.db.execute(f'SELECT id, ref FROM "{self.entity.name}" WHERE id IN ({marks})', ids)
        return {row["id"]: row["ref"] or row["id"] for row in rows}

    @on(Button.Pressed, "#cancel")
    def cancel(self) -> None:
        self.dismiss()

    def fault(self, error: LskError) -> None:
        self.app.notify(plain(self.entity, str(error)), severity="error", markup=False)


class ManyEdit(Many):
    """The field, the value, the preview."""

    VERB, NONE = "Ändra", "Ingen av dem kan ändras så."

    def __init__(self, entity: str, ids: list[str]) -> None:
        super().__init__(entity, ids)
        self.field: Field | None = None
        self.values: dict[str, Any] = {}

    def on_mount(self) -> None:
        terms: Terms = self.lsk.store.terms
        fields = [f for f in self.entity.columns if not isinstance(f, Order) and f.name not in self.entity.identity]
        fields.sort(key=lambda f: (f.name != "status", not f.listed))
        self.query_one(Lines).show([Line(terms.field_label(self.entity.name, f.name), target=f) for f in fields])
        self.stage("what")
        self.query_one(Lines).focus()

    @on(Lines.OptionSelected)
    def chosen(self, event: Lines.OptionSelected) -> None:
        self.ask_value(self.query_one(Lines).shown[event.option_index].target)

    @work(exclusive=True)
    async def ask_value(self, field: Field) -> None:
        self.field = field
        store = self.lsk.store
        box = FieldBox(self.entity, field, None, store, self.lsk.desk, register(store.db))
        place = self.query_one("#value")
        await place.remove_children()
        await place.mount(box)
        self.stage("value")
        self.query_one("#go", Button).label = "Visa vad som händer"
        box.enter()

    @on(Button.Pressed, "#go")
    def go(self) -> None:
        if self.query_one("#outcome").display:
            self.keep()
        else:
            self.preview()

    @on(FieldBox.Passed)
    def passed(self) -> None:
        self.preview()

    @work(exclusive=True)
    async def preview(self) -> None:
        """Try it, and show what came of it."""
        field = self.field
        assert field is not None
        box = self.query_one(FieldBox)
        await box.settle()
        if box.judge():
            box.enter(quietly=True)
            return
        self.values = {field.name: box.read()[0]}
        name, ids, values, actor = self.entity.name, self.ids, self.values, self.lsk.actor
        try:
            tried, happens = await self.lsk.desk.ask(
                lambda store: tried_and_told(store, name, field, ids, values, actor)
            )
        except LskError as error:
            self.fault(error)
            return
        self.outcome(tried, happens, "Ändra")

    @work(exclusive=True)
    async def keep(self) -> None:
        name, ids, values, actor = self.entity.name, self.tried.can, self.values, self.lsk.actor
        try:
            warnings = await self.lsk.desk.ask(lambda store: many.update(store, name, ids, values, actor))
        except LskError as error:
            self.fault(error)
            return
        more = f" Reglerna har {len(warnings)} påpekanden; de står på Idag." if warnings else ""
        self.dismiss(f"Ändrat: {self.how_many(len(ids))}.{more}")


def tried_and_told(
    store: Store, name: str, field: Field, ids: list[str], values: dict[str, Any], actor: str
) -> tuple[Tried, str]:
    """What would happen, and in words: the value they get, and the ones they have now."""
    tried = many.try_update(store, name, ids, values, actor)
    rows = store.db.execute(
        f"""SELECT "{field.name}", count(*) FROM "{name}" WHERE id IN ({", ".join("?" * len(tried.can))})
            GROUP BY 1 ORDER BY 2 DESC LIMIT {BEFORE}""",
        tried.can,
    )
    now = ", ".join(f"{said(store, field, value)} ({n})" for value, n in rows)
    label = store.terms.field_label(name, field.name)
    return tried, f"får {label}: {said(store, field, values[field.name])}. Nu: {now}"


def said(store: Store, field: Field, value: Any) -> str:
    text = shown(store.db, field, value)
    return "inget värde" if text == UNKNOWN else cut(text, 60)


class ManyDelete(Many):
    """The preview, and then it is done."""

    VERB, NONE = "Ta bort", "Ingen av dem kan tas bort."

    def on_mount(self) -> None:
        self.stage("outcome")
        self.query_one("#go").display = False
        self.query_one("#preview", Static).update("Prövar …")
        self.preview()

    @work(exclusive=True)
    async def preview(self) -> None:
        name, ids, actor = self.entity.name, self.ids, self.lsk.actor
        try:
            tried = await self.lsk.desk.ask(lambda store: many.try_delete(store, name, ids, actor))
        except LskError as error:
            self.fault(error)
            cast("ModalScreen[str]", self).dismiss()
            return
        self.outcome(tried, "tas bort. Historiken finns kvar", "Ta bort")

    @on(Button.Pressed, "#go")
    @work(exclusive=True)
    async def keep(self) -> None:
        name, ids, actor = self.entity.name, self.tried.can, self.lsk.actor
        try:
            await self.lsk.desk.ask(lambda store: many.delete(store, name, ids, actor))
        except LskError as error:
            self.fault(error)
            return
        self.dismiss(f"Borttaget: {self.how_many(len(ids))}.")

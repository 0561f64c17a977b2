"""From a field, a list or a record to the person's own editor, and back into the form: saving is still the form's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported
from textual.widgets import TextArea

from lsk.errors import LskError
from lsk.model.vocabulary import Entity, Text
from lsk_tui import editor
from lsk_tui.lines import Line
from lsk_tui.screens.dialogs import Menu

if TYPE_CHECKING:
    from lsk_tui.app import LskApp
    from lsk_tui.screens.base import Place

IN_FORM = "Gå till ett fält med lång text först; då öppnas texten i din egen redigerare."
CANNOT = "Den här terminalen kan inte lämna över till en annan textredigerare. Skriv i fältet här."


def long_texts(entity: Entity) -> list[str]:
    """The fields of a kind of record that hold long text."""
    return [f.name for f in entity.columns if isinstance(f, Text) and f.long]


def write(place: Place) -> None:
    """In a form the field one is in; elsewhere a long text of the record under the cursor."""
    if isinstance(place.focused, TextArea):
        edit_area(place.lsk, place.focused)
        return
    situation = place.situation()
    if place.PLACE == "formulär" or situation.entity is None or situation.record is None:
        place.app.notify(IN_FORM)
        return
    names, entity = long_texts(situation.entity), situation.entity
    if not names:
        what = place.lsk.store.terms.entity_label(entity.name, many=True)
        place.app.notify(f"{what} har ingen lång text att skriva i en redigerare. Tryck e för att ändra här.")
    elif len(names) == 1:
        edit_field(place.lsk, entity.name, situation.record, names[0])
    else:
        place.app.push_screen(PickText(entity, situation.record, names))


def edit_field(app: LskApp, entity: str, record: str, field: str) -> None:
    """Open the form at the field, and from there the editor."""

    def there() -> None:
        for area in form.query(f"#field-{field} TextArea").results(TextArea):
            edit_area(app, area)

    before = app.screen
    app.edit(entity, record, field)
    form = app.screen
    if form is not before:
        form.call_after_refresh(there)


def edit_area(app: LskApp, area: TextArea) -> None:
    """What the person makes of the text stands in the field afterwards, not yet saved."""
    try:
        command = editor.command()
        with app.suspend():
            text = editor.edited(area.text, command)
    except SuspendNotSupported:
        app.notify(CANNOT, severity="warning")
    except LskError as error:
        app.notify(str(error), severity="error", timeout=12, markup=False)
    else:
        if text != area.text:
            area.text = text


class PickText(Menu):
    """Which of several long texts."""

    HEADING = "Vilken text?"

    def __init__(self, entity: Entity, record: str, names: list[str]) -> None:
        super().__init__()
        self.entity, self.record, self.names = entity, record, names

    def lines(self) -> list[Line]:
        label = self.lsk.store.terms.field_label
        return [Line(label(self.entity.name, name), target=name) for name in self.names]

    def choose(self, line: Line) -> None:
        edit_field(self.lsk, self.entity.name, self.record, line.target)

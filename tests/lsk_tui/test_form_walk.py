"""Every form of every sample profile, as it is drawn at 80 columns: no label is cut, and nothing is in English."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, Label, TextArea

import lsk_tui
from lsk import profile
from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice, Field
from lsk.rules.fields import choices
from lsk.store import Store
from lsk_tui.screens.form import Form
from lsk_tui.widgets.fieldbox import FieldBox
from tests.lsk_tui.journeys import english


def drawn(label: Label) -> str:
    """What the lines of a label show, put together."""
    lines = [label.render_line(y).text.strip() for y in range(label.size.height)]
    return "".join(lines).replace(" ", "")


Look = tuple[str, str, str, tuple[str, ...]]


def look(store: Store, entity: str, field: Field) -> Look:
    """All that a profile can change in a field of a form: its words, and what can be chosen."""
    chosen = tuple(choices(store.db, field)) if isinstance(field, Choice) else ()
    return (entity, field.name, store.terms.field_label(entity, field.name), chosen)


class Unseen(Form):
    """A form less the fields that have been drawn, word for word, in another profile's: each is as wide as the form."""

    CSS_PATH = Path(lsk_tui.__file__).parent / "screens" / "form.tcss"

    def __init__(self, entity: str, seen: set[Look]) -> None:
        super().__init__(entity, None, {})
        self.seen = seen

    def fields(self) -> tuple[list[Field], list[Field]]:
        must, may = super().fields()
        return [f for f in must if self.is_new(f)], [f for f in may if self.is_new(f)]

    def is_new(self, field: Field) -> bool:
        return look(self.lsk.store, self.entity.name, field) not in self.seen


async def test_every_form_of_every_profile_shows_its_labels_whole_at_80_columns(tmp_path: Path, use) -> None:
    seen: set[Look] = set()
    drawn: set[tuple[str, str]] = set()
    for name in profile.names():
        path = tmp_path / f"{name}.db"
        Store.create(path, name, code="PRO").close()
        async with use(path) as user:
            for entity in ENTITIES:
                form = Unseen(entity, seen)
                looks = {look(user.app.store, entity, field) for field in asked(entity)}
                if looks <= seen:
                    continue
                # One in the place of another: between them nothing else is to be drawn.
                show = user.app.switch_screen if isinstance(user.app.screen, Form) else user.app.push_screen
                show(form)
                await user.settle()
                assert user.app.screen is form and user.sees("fyllas i"), entity
                assert english(user.screen) == [], entity
                for box in form.boxes:
                    check(box)
                    drawn.add((entity, box.field.name))
                seen |= looks
    assert drawn == {(entity, field.name) for entity in ENTITIES for field in asked(entity)}


def asked(entity: str) -> list[Field]:
    return [field for fields in Form(entity, None, {}).fields() for field in fields]


def check(box: FieldBox) -> None:
    label = box.query_one(Label)
    where = (box.entity.name, box.field.name)
    wanted = (box.label + (" *" if box.field.required else "")).replace(" ", "")
    assert drawn(label) == wanted, where
    editor = box.query_one("Input, TextArea")
    assert isinstance(editor, (Input, TextArea))
    assert label.region.right <= editor.region.x and editor.region.right <= 80, where
    assert editor.region.width >= 40 and box.region.x >= 0, where

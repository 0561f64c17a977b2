"""Every form of every sample profile, as it is drawn at 80 columns: no label is cut."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, Label, TextArea

from lsk import profile
from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice
from lsk.rules.fields import choices
from lsk.store import Store
from lsk_tui.screens.form import Form
from lsk_tui.widgets.fieldbox import FieldBox


def drawn(label: Label) -> str:
    """What the lines of a label show, put together."""
    lines = [label.render_line(y).text.strip() for y in range(label.size.height)]
    return "".join(lines).replace(" ", "")


def look(store: Store, entity: str) -> tuple[object, ...]:
    """All that a profile can change in a form: its words, and what can be chosen."""
    return (
        entity,
        *(
            (store.terms.field_label(entity, f.name), tuple(choices(store.db, f)) if isinstance(f, Choice) else ())
            for f in ENTITIES[entity].columns
        ),
    )


async def test_every_form_of_every_profile_shows_its_labels_whole_at_80_columns(tmp_path: Path, use) -> None:
    seen: set[tuple[object, ...]] = set()
    for name in profile.names():
        path = tmp_path / f"{name}.db"
        Store.create(path, name, code="PRO").close()
        async with use(path) as user:
            # One that is word for word as in another profile, lists and all, has been drawn.
            for entity in (e for e in ENTITIES if look(user.app.store, e) not in seen):
                seen.add(look(user.app.store, entity))
                user.app.push_screen(Form(entity, None, {}))
                await user.settle()
                form = user.app.screen
                assert form.boxes and form.entity.name == entity
                for box in form.boxes:
                    check(box)
                form.dismiss(None)
                await user.settle()
    assert {entity for entity, *_ in seen} == set(ENTITIES)


def check(box: FieldBox) -> None:
    label = box.query_one(Label)
    where = (box.entity.name, box.field.name)
    wanted = (box.label + (" *" if box.field.required else "")).replace(" ", "")
    assert drawn(label) == wanted, where
    editor = box.query_one("Input, TextArea")
    assert isinstance(editor, (Input, TextArea))
    assert label.region.right <= editor.region.x and editor.region.right <= 80, where
    assert editor.region.width >= 40 and box.region.x >= 0, where

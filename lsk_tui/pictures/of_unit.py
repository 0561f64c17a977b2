"""A picture that can be narrowed to one unit and those under it."""

from __future__ import annotations

from lsk.model import ENTITIES
from lsk.rules.ownership import subtree
from lsk.store import Store
from lsk_tui.actions import Situation
from lsk_tui.owning import owner
from lsk_tui.pictures import View
from lsk_tui.pictures.base import Picture
from lsk_tui.screens.dialogs import Menu
from lsk_tui.widgets.lines import Jump, Line, Lines

# The units from the top down, each with how deep it lies.
TREE = """WITH RECURSIVE tree(id, name, short_name, depth, path) AS (
  SELECT id, name, short_name, 0, name_sort FROM unit WHERE parent IS NULL
  UNION ALL SELECT u.id, u.name, u.short_name, t.depth + 1, t.path || char(9) || u.name_sort
    FROM tree t JOIN unit u ON u.parent = t.id WHERE t.depth < 20)
SELECT id, name, short_name, depth FROM tree ORDER BY path"""


class PickUnit(Menu):
    """Which unit a picture is to show."""

    HEADING = "Visa vilken enhet?"

    def __init__(self, picture: OfUnit) -> None:
        super().__init__()
        self.picture = picture

    def lines(self) -> list[Line]:
        rows = self.lsk.store.db.execute(TREE)
        units = [Line(row["name"], target=(row["id"], row["name"]), indent=2 * row["depth"]) for row in rows]
        return [Line("Hela verksamheten", target=(None, "")), *units]

    def choose(self, line: Line) -> None:
        self.picture.show_unit(*line.target)


class OfUnit(Picture):
    """``unit`` is None when the whole activity is shown."""

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.unit = record if entity == "unit" else None
        self.unit_name = ""

    def on_mount(self) -> None:
        if self.unit:
            row = self.lsk.store.db.execute("SELECT name FROM unit WHERE id = ?", (self.unit,)).fetchone()
            self.unit_name = row["name"] if row else ""
        super().on_mount()

    def title_words(self) -> str:
        return f"{self.view.words} · {self.unit_name}" if self.unit_name else self.view.words

    def units(self, store: Store) -> tuple[str, ...] | None:
        """The unit and those under it; None for all."""
        return tuple(subtree(store.db, self.unit)) if self.unit else None

    def situation(self) -> Situation:
        """About the record under the cursor, where the picture is made of lines; else what it was opened from."""
        line = self.focused.current if isinstance(self.focused, Lines) else None
        if line is None or not isinstance(line.target, Jump) or line.target.record is None:
            return super().situation()
        entity, record = line.target.entity, line.target.record
        return self.lsk.situation(ENTITIES[entity], record, owner(self.lsk.store.db, entity, record))

    def do_unit(self) -> None:
        self.app.push_screen(PickUnit(self))

    def show_unit(self, unit: str | None, name: str) -> None:
        self.unit, self.unit_name = unit, name
        self.tell()
        self.load()

"""Lists that a person has named: kind, filter, order and columns.

They are kept on the person's own computer, per file: a view is a habit and not a fact about the municipality, so it
is neither history nor synced. No screen here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lsk import remembered
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk_tui.pages import Question

KEPT_AS = "views"


@dataclass(frozen=True)
class SavedView:
    """``columns`` is empty when the width decides."""

    name: str
    entity: str
    filter: str = ""
    sort: str = "ref"
    descending: bool = False
    columns: tuple[str, ...] = ()

    def of(self, question: Question) -> Question:
        """The question that the view asks, by whoever asks ``question``."""
        return replace(
            question, entity=self.entity, where="", params=(), filter=self.filter, sort=self.sort,
            descending=self.descending, columns=self.columns,
        )  # fmt: skip


def views(path: Path) -> list[SavedView]:
    """The views of a file in the order of their names; what an older or newer program kept otherwise is left out."""
    found = [view for kept in remembered.kept(path, KEPT_AS) or [] if (view := read(kept)) is not None]
    return sorted(found, key=lambda view: view.name.casefold())


def read(kept: Any) -> SavedView | None:
    if not isinstance(kept, dict) or kept.get("entity") not in ENTITIES or not isinstance(kept.get("name"), str):
        return None
    entity = ENTITIES[kept["entity"]]
    fields = {f.name for f in entity.all_fields}
    sort = kept.get("sort") if kept.get("sort") in fields else "ref"
    columns = tuple(name for name in kept.get("columns") or () if name in fields)
    return SavedView(
        kept["name"], entity.name, str(kept.get("filter") or ""), str(sort), bool(kept.get("descending")), columns
    )


def called(path: Path, name: str) -> SavedView | None:
    return next((view for view in views(path) if view.name.casefold() == name.casefold()), None)


def save(path: Path, view: SavedView) -> None:
    """Keep the view instead of one with the same name."""
    if not view.name.strip():
        raise LskError("Vyn måste ha ett namn. Skriv till exempel: Öppna klagomål.")
    write(path, [*(v for v in views(path) if v.name.casefold() != view.name.casefold()), view])


def rename(path: Path, old: str, new: str) -> None:
    """LskError when the name is taken or empty."""
    view, taken = called(path, old), called(path, new)
    if view is None:
        raise LskError(f"Vyn {old} finns inte längre.")
    if taken is not None and taken != view:
        raise LskError(f"Det finns redan en vy som heter {taken.name}. Välj ett annat namn.")
    delete(path, old)
    save(path, replace(view, name=new.strip()) if new.strip() else view)


def delete(path: Path, name: str) -> None:
    write(path, [view for view in views(path) if view.name.casefold() != name.casefold()])


def write(path: Path, kept: list[SavedView]) -> None:
    try:
        remembered.keep(path, KEPT_AS, [asdict(view) for view in kept])
    except OSError as error:
        raise LskError(f"Vyn kunde inte sparas på den här datorn ({error.strerror}). Listan är kvar.") from error

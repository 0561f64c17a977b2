"""What every form does so that no writing is lost: it keeps itself as a draft while it is written in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from textual import work

from lsk.errors import file_trouble
from lsk.model.vocabulary import Entity
from lsk_tui import drafts
from lsk_tui.drafts import Draft, Keeper
from lsk_tui.screens.base import Place
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.widgets.frame import Head

PAUSE = 0.4  # seconds of writing that a dead terminal may take; a draft at every key would wear the disk


class Drafted(Place):
    """A form with a draft. ``draft``: what was written before, and is gone on with."""

    entity: Entity
    record: str | None
    values: dict[str, Any]

    def __init__(self, draft: Draft | None) -> None:
        super().__init__()
        self.draft = self.resumed = draft
        self.keeper = Keeper(draft.id if draft else "")
        self.pending = False  # something is written that is not in the draft on disk
        self.draft_words = ""

    @property
    def boxes(self) -> list[FieldBox]:
        return list(self.query(FieldBox))

    def take_up(self) -> None:
        """Write what the draft held; or ask, when there is one of just this form."""
        from lsk_tui.screens.drafts import ask_in_form

        if self.resumed is not None:
            for box in self.boxes:
                if kept := self.resumed.written.get(box.field.name):
                    box.initial = self.values.get(box.field.name)
                    box.put(kept)
        elif found := drafts.of_form(self.lsk.store.file.replica, self.entity.name, self.record, self.values):
            ask_in_form(self, found)

    def resume(self, draft: Draft) -> None:
        """Go on with a draft in a form that has just been opened."""
        self.resumed = self.draft = draft
        self.values = drafts.begun(self.lsk.store, draft)
        self.keeper = Keeper(draft.id)
        self.take_up()

    def draft_soon(self) -> None:
        written = {box.field.name: box.keep() for box in self.boxes if box.changed}
        new = Draft(self.lsk.store.file.replica, self.entity.name, self.record, self.values, written, self.lsk.actor)
        self.draft = replace(new, id=self.draft.id) if self.draft else new
        if not self.pending:
            self.pending = True
            self.set_timer(PAUSE, self.keep_draft)

    @work(group="draft")
    async def keep_draft(self) -> None:
        draft, self.pending = self.draft, False
        assert draft is not None
        try:
            await asyncio.to_thread(self.keeper.keep, draft)
        except OSError as error:
            words = " · utkastet kan inte sparas"
            if words != self.draft_words:
                why = f"Utkastet kan inte sparas: {file_trouble(error)}. Det du skriver finns bara på skärmen."
                self.app.notify(f"{why} Spara med Ctrl+S.", severity="warning", markup=False)
        else:
            words = f" · utkast {draft.when}" if draft.written else ""
        if words != self.draft_words and self.query(Head):  # none when the app was closed while it was written
            self.draft_words = words
            self.tell()

    def on_unmount(self) -> None:
        """Whatever closes the form, what was written last is in the draft, unless it was saved or thrown away."""
        if self.pending and self.draft is not None:
            try:
                self.keeper.keep(self.draft)
            except OSError as error:
                self.log.error(f"draft: {error}")

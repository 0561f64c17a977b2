"""What is being written in a form, kept until it is saved or thrown away: a file for each, the user's own.

Not in the LSK file. That one is mailed, carried on sticks and synced, its pages keep what was deleted, and a save takes
its lock from others; a sentence that somebody thought better of must not travel with it.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lsk import remembered
from lsk.model import ENTITIES
from lsk.records import one
from lsk.store import Store, now
from lsk.terms import entity_new
from lsk_tui.words import cut, moment


@dataclass(frozen=True)
class Draft:
    """A form half filled in. ``values``: what it began with. ``written``: [text, chosen value] of changed fields."""

    file: str  # the replica it was written in, wherever that file lies now
    entity: str
    record: str | None
    values: dict[str, Any]
    written: dict[str, list[Any]]
    actor: str
    at: str = field(default_factory=now)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def when(self) -> str:
        """ "14:32", or with the day when it is not from today."""
        at = moment(self.at)
        return at[11:] if at[:10] == datetime.now().astimezone().date().isoformat() else at


def folder() -> Path:
    return remembered.folder() / "utkast"


def path_of(name: str) -> Path:
    return folder() / f"{name}.json"


def drafts(file: str) -> list[Draft]:
    """Those of a file, the newest first."""
    found = [draft for path in folder().glob("*.json") if (draft := read(path)) and draft.file == file]
    return sorted(found, key=lambda draft: draft.at, reverse=True)


def read(path: Path) -> Draft | None:
    """One draft; None for what is no draft, or of a kind that this version does not know. It is left where it is."""
    try:
        draft = Draft(**json.loads(path.read_text(encoding="utf-8")))
        whole = bool(draft.written) and all(isinstance(kept[0], str) for kept in draft.written.values())
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None
    return draft if whole and draft.entity in ENTITIES else None


def of_form(file: str, entity: str, record: str | None, values: dict[str, Any]) -> Draft | None:
    """The newest draft of just this form: of the same record, or of a new one that begins with the same."""
    for draft in drafts(file):
        if (draft.entity, draft.record) == (entity, record) and (record is not None or draft.values == values):
            return draft
    return None


def begun(store: Store, draft: Draft) -> dict[str, Any]:
    """What the form begins with now: the record as it stands, but what was written over as it stood then.

    So that what others have saved since is shown, and is not written over unseen.
    """
    row = one(store.db, draft.entity, draft.record) if draft.record is not None else None
    return draft.values if row is None else dict(row) | {name: draft.values.get(name) for name in draft.written}


def throw(name: str) -> None:
    path_of(name).unlink(missing_ok=True)


def about(store: Store, draft: Draft) -> str:
    """ "Ny avvikelse: ”Larmet besvarades inte …”", with the name of whoever wrote it."""
    what = entity_new(draft.entity)
    if draft.record is not None:
        what = f"Ändring av {store.terms.entity_the(draft.entity)} {draft.values.get('ref') or ''}".rstrip()
    # What a person wrote, rather than the names of what was chosen.
    texts = [kept[0] for kept in draft.written.values() if len(kept) == 1] or [k[0] for k in draft.written.values()]
    text = max(texts, key=len)
    return f"{what}: ”{cut(text, 60)}” ({draft.actor})"


class Keeper:
    """Writes the draft of one form, from any thread. ``name``: the draft that the form goes on with."""

    def __init__(self, name: str = "") -> None:
        self._lock = threading.Lock()
        self._over = False
        self._name = name

    def keep(self, draft: Draft) -> None:
        """Put it on disk so that neither a dead terminal nor a power cut takes it. OSError says why it cannot be.

        When nothing differs from what the form began with, there is nothing to keep.
        """
        with self._lock:
            if not self._over and draft.written:
                self._name = draft.id
                write(draft)
            elif self._name:
                throw(self._name)

    def drop(self) -> None:
        """It is saved or thrown away: nothing is kept any more, not even what is already on its way."""
        with self._lock:
            self._over = True
            if self._name:
                throw(self._name)


def write(draft: Draft) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    folder().chmod(0o700)
    path = path_of(draft.id)
    work = path.with_suffix(".ny")
    work.unlink(missing_ok=True)  # what a crash left may have other rights
    descriptor = os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(draft), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    work.replace(path)
    settle(path.parent)


def settle(place: Path) -> None:
    """Let the new name in the folder outlive a power cut too. Windows does it with the renaming."""
    if os.name == "posix":
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

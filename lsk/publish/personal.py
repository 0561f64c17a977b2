"""The stop for personal data: published texts that probably tell of a person, unless somebody has said why they may.

What may be published all the same is said record by record, with a reason, as a change in the file: a setting that
holds for that text only. When the text is changed the stop is back.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from lsk.errors import LskError, Usage
from lsk.model import ENTITIES
from lsk.model.vocabulary import Text
from lsk.personal import likely, suspicions
from lsk.publish.vocabulary import Column, Table
from lsk.publish.write import Filled
from lsk.rules import Finding

if TYPE_CHECKING:
    from lsk.store import Store

EXCEPTION = "publication_exception:"  # keys of settings; followed by the reference and a digest of the text


@dataclass(frozen=True)
class Suspect:
    """A text that probably tells of a person, by its record's reference and never by what it says."""

    entity: str
    ref: str
    title: str
    kind: str
    digest: str

    @property
    def key(self) -> str:
        return f"{EXCEPTION}{self.ref}:{self.digest}"

    @property
    def finding(self) -> Finding:
        return Finding(
            rule="personuppgift_i_publicering",
            record=None,
            entity=self.entity,
            ref=self.ref,
            requirement="R5",
            severity="fel",
            message=f"Inget är publicerat: {self.ref or 'kopian'}, {self.title}, innehåller {self.kind}.",
            remedy="Ta bort uppgiften ur posten och publicera igen.",
        )


def free_text(column: Column) -> bool:
    """Whether somebody may have written a name in it."""
    return any(isinstance(ENTITIES[entity].field(field), Text) for entity, field in column.fields)


def suspects(
    filled: Iterable[Filled], units: Iterable[tuple[str, str]], names: frozenset[tuple[str, ...]], allowed: set[str]
) -> list[Suspect]:
    """Every text of the tables, and name of a unit (by its reference), that seems to tell of a person and may not.

    A text that several columns show is told of once: there is one text to mend.
    """
    telling = reader(names)
    found = [suspect for part in filled for suspect in in_table(part, telling)]
    found += [Suspect("unit", ref, "namn", kind, digest(name)) for ref, name in units for kind in telling(name)]
    once: dict[tuple[str, str], Suspect] = {}
    for suspect in found:
        once.setdefault((suspect.key, suspect.kind), suspect)
    return [suspect for suspect in once.values() if suspect.key not in allowed]


def reader(names: frozenset[tuple[str, ...]]) -> Callable[[str], tuple[str, ...]]:
    """A function that tells what kinds of personal data a text seems to hold; most texts stand in many rows."""
    first_words = frozenset(name[0] for name in names)

    @cache
    def telling(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.kind for s in suspicions(text, names))) if likely(text, first_words) else ()

    return telling


def in_table(part: Filled, telling: Callable[[str], tuple[str, ...]]) -> Iterator[Suspect]:
    table = part.table
    if not isinstance(table, Table):
        return  # only choices and numbers, and the names of units
    width = len(table.columns)
    for place, column in enumerate(table.columns):
        if free_text(column):
            kinds = {text: telling(text) for text in {row[place] for row in part.rows} if isinstance(text, str)}
            for row in part.rows if any(kinds.values()) else ():
                for kind in kinds.get(row[place], ()):
                    ref = str(row[width] or "") if len(row) > width else ""
                    yield Suspect(table.entity, ref or table.title, column.title.lower(), kind, digest(row[place]))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- what is allowed -------------------------------------------------------------------------------------------------


def allowed(db: sqlite3.Connection) -> set[str]:
    found = db.execute("SELECT key FROM setting WHERE key LIKE ? || '%'", (EXCEPTION,))
    return {key for (key,) in found}


def allow(store: Store, found: Sequence[Suspect], refs: Sequence[str], actor: str, reason: str) -> int:
    """Let the texts of these records be published as they are. Returns how many texts there were."""
    if not reason.strip():
        raise Usage("Ange med --reason varför uppgiften får publiceras. Skälet sparas i filen, med ditt namn.")
    stopped = {suspect.ref for suspect in found}
    if unknown := [ref for ref in refs if ref not in stopped]:
        raise LskError(f"{unknown[0]} stoppar inte publiceringen. Publicera utan --allow {unknown[0]}.")
    texts = {suspect.key: suspect for suspect in found if suspect.ref in refs}
    with store.change(actor, f"Publiceras trots personuppgifter: {reason}") as change:
        for key, suspect in texts.items():
            question = f"Publiceras trots {suspect.kind}: {suspect.ref}, {suspect.title}"
            change.insert("setting", {"key": key, "question": question, "value": "ja", "note": reason})
    return len(texts)

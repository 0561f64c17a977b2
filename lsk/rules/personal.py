"""V40: a report tells what happened, not who. Free text that looks like personal data is said, and never refused."""

from __future__ import annotations

import sqlite3

from lsk import personal
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Personal
from lsk.rules import Breach, warning
from lsk.terms import field_label

FUNCTION = "personal_data"


def prepare(db: sqlite3.Connection) -> None:
    """Give SQL the function that the rules below ask: what kind of personal data texts seem to hold, and where.

    It takes (label, text, label, text …) and answers NULL for most rows after a look at single words only.
    """
    names = personal.register(db)
    first_words = frozenset(name[0] for name in names)

    def suspected(*labelled: str | None) -> str | None:
        for label, text in zip(labelled[::2], labelled[1::2], strict=True):
            if text and personal.likely(text, first_words) and (found := personal.suspicions(text, names)):
                return f"{found[0].kind} i ”{label}”"
        return None

    db.create_function(FUNCTION, -1, suspected, deterministic=True)


def register(entity: Entity, fields: tuple[str, ...]) -> None:
    def tells_what_and_not_who() -> Breach:
        texts = ", ".join(f"'{field_label(entity.name, f)}', t.\"{f}\"" for f in fields)
        return Breach(
            f"""SELECT * FROM (SELECT t.id, t.ref, {FUNCTION}({texts}) AS what FROM {{rows}} t)
                WHERE what IS NOT NULL""",
            "{ref} kan innehålla personuppgifter: {what}.",
            "Skriv vad som hände, inte vem.",
        )

    tells_what_and_not_who.__name__ = f"{entity.name}_tells_what_and_not_who"
    tells_what_and_not_who.__doc__ = "V40: free text tells what happened, not who was involved or whose fault it was."
    warning(entity.name, "V40", columns=fields)(tells_what_and_not_who)


for _entity in ENTITIES.values():
    if _fields := tuple(f.name for f in _entity.columns if f.personal is Personal.RISK):
        register(_entity, _fields)

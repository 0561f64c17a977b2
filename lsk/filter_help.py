"""What may be written next in a filter: fields, special words, values."""

from __future__ import annotations

from lsk.filter_values import Fault, names_of
from lsk.filters import DATED, SPECIAL, Asker, Word, fields_called, key_of, words, written
from lsk.model.vocabulary import Choice, Computed, Date, Decimal, Field, Flag, Integer, Order, Ref
from lsk.rules.fields import choices

MOST = 12


def next_words(asker: Asker, text: str) -> list[str]:
    """The words that may stand last in ``text`` instead of the one being written, the likeliest first."""
    written_before = words(text)
    last = written_before.pop() if written_before and not text[-1].isspace() else None
    used = {key_of(said) for word in written_before for said in (word.field, word.value)}
    if last is None:
        return [word for word in offered(asker, "") if key_of(word) not in used][:MOST]
    minus = "-" if last.excluded else ""
    found = values(asker, last) if last.field else offered(asker, last.value) if not last.quoted else []
    return [minus + word for word in found if minus + word != last.text][:MOST]


def begun(text: str) -> int:
    """Where the word being written begins."""
    found = words(text)
    return len(text) - len(found[-1].text) if found and not text[-1].isspace() else len(text)


def offered(asker: Asker, begins: str) -> list[str]:
    """Special words that mean something here, and fields, the listed ones first."""
    entity = asker.entity
    fields = [f for f in entity.all_fields if not isinstance(f, Order)]
    fields.sort(key=lambda f: (f.name != "status", not f.listed))
    labels = [written(asker.label(f.name)) for f in fields]
    special = [word for word, ask in SPECIAL.items() if means_something(asker, ask)]
    dated = [f"{name}:" for name in DATED if means_something(asker, lambda a, name=name: DATED[name](a, "2026"))]
    every = dict.fromkeys([*labels[:1], *special, *labels[1:6], *dated, *labels[6:]])
    asked = key_of(begins)
    return [word for word in every if key_of(word).startswith(asked)]


def means_something(asker: Asker, ask: object) -> bool:
    try:
        ask(asker)  # type: ignore[operator]
    except Fault:
        return False
    return True


def values(asker: Asker, word: Word) -> list[str]:
    """What may stand after the colon. After a comma another value begins."""
    if key_of(word.field) in map(key_of, DATED) and key_of(word.field) != "beteckning":
        year = asker.store.today.year
        known = [str(year), str(year - 1)] if key_of(word.field) == "år" else days(asker)
        return [f"{word.field}:{day}" for day in known if day.startswith(word.value)]
    before, comma, begins = word.value.rpartition(",") if not word.quoted else ("", "", word.value)
    found: dict[str, None] = {}
    for field in fields_called(asker, word.field):
        found |= dict.fromkeys(of_field(asker, field, begins))
    return [f"{word.field}:{before}{comma}{quoted(value)}" for value in found]


def quoted(value: str) -> str:
    return f'"{value}"' if any(sign in value for sign in ' ,"') else value


def of_field(asker: Asker, field: Field, begins: str) -> list[str]:
    db = asker.store.db
    if isinstance(field, Ref):
        return [*names_of(db, field.to, begins, MOST), *([] if begins or field.required else ["tom"])]
    if isinstance(field, Choice):
        known = choices(db, field)
        every = [*(["öppen"] if field.name == "status" else []), *known, *([] if field.required else ["tom"])]
    elif isinstance(field, Flag):
        every = ["ja", "nej", "tom"]
    elif isinstance(field, Date):
        every = [*days(asker), *([] if field.required else ["tom"])]
    elif isinstance(field, (Integer, Decimal, Computed)):
        every = [">=10", "3..5", "tom"]
    else:
        every = ["tom"] if not field.required else []
    return [value for value in every if value.casefold().startswith(begins.casefold())]


def days(asker: Asker) -> list[str]:
    today = asker.store.today
    return [str(today.year), today.isoformat()[:7], "idag", "<idag", ">=-30", f"{today.year}-01..{today.year}-06"]

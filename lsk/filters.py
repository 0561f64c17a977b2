"""A filter in words: ``status:öppen enhet:HTN försenad -klagomål``. What it means as SQL, or what is wrong with it.

Fields are called by their labels in the file's own words, values as people see them; the beginning of either is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lsk import due
from lsk.filter_values import LAST, NOTHING, SQL, Fault, day_span, either, matching, within_dates
from lsk.model.vocabulary import SHARED, AnyRef, Date, Entity, Field, Flag, Integer, Order, Ref, Text
from lsk.records import called
from lsk.rules.ownership import subtree
from lsk.search import question
from lsk.store import Store
from lsk.terms import synonyms

__all__ = [
    "DATED",
    "SPECIAL",
    "Asker",
    "Fault",
    "Word",
    "condition",
    "fields_called",
    "free",
    "key_of",
    "plainly",
    "words",
]

TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<field>[^\s":]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s]*))')
RECENT_DAYS = 7
MOST_WORDS, LONGEST = 40, 1000  # what SQLite reads in one question, and a person in one line


@dataclass(frozen=True)
class Word:
    """One word of a filter: ``-status:öppen`` is the field "status", the value "öppen", excluded."""

    text: str
    field: str
    value: str
    excluded: bool
    quoted: bool


@dataclass(frozen=True)
class Asker:
    """Of which records in which file, and who asks."""

    store: Store
    entity: Entity
    actor: str = ""

    def label(self, field: str) -> str:
        return self.store.terms.field_label(self.entity.name, field)

    @property
    def many(self) -> str:
        return self.store.terms.entity_label(self.entity.name, many=True)


def words(text: str) -> list[Word]:
    """The words as they stand; what is quoted is one, and is never a special word. A field's name has a letter."""
    found = []
    for match in TOKEN.finditer(text):
        field, value = match["field"] or "", match["quoted"] if match["quoted"] is not None else match["plain"]
        if field and not re.match(r"\w*[^\W\d]", field):  # 10:30
            field, value = "", f"{field}:{value}"
        if value or field:
            found.append(Word(match[0], field, value, bool(match["minus"]), match["quoted"] is not None))
    return found


def condition(asker: Asker, text: str, loosely: bool = False) -> SQL:
    """The WHERE over t: every word must hold, and a field without a value yet says nothing. Fault tells what to write.

    ``loosely`` looks for words within texts instead of in the index.
    """
    asked = words(text)
    if len(asked) > MOST_WORDS or len(text) > LONGEST:
        raise Fault(f"Filtret är för långt. Skriv högst {MOST_WORDS} ord och {LONGEST} tecken.")
    parts, params = [], []
    for word in asked:
        sql, values = meaning(asker, word, loosely)
        if sql:
            parts.append(f"NOT ifnull(({sql}), 0)" if word.excluded else f"({sql})")
            params += values
    return " AND ".join(parts), params


def meaning(asker: Asker, word: Word, loosely: bool) -> SQL:
    if word.field:
        return of_field(asker, word) if word.value else NOTHING
    special = None if word.quoted else SPECIAL_FORMS.get(word.value.casefold())
    return SPECIAL[special](asker) if special else free(asker.entity, word.value, loosely)


# --- words alone -----------------------------------------------------------------------------------------------------


def free(entity: Entity, word: str, loosely: bool = False) -> SQL:
    """Records that hold the word, or whose unit, role … bears it in its name: people filter on what they see."""
    return either([within(entity, word) if loosely else indexed(entity, word), *by_name(entity, word)])


def plainly(entity: Entity, text: str, loosely: bool = False) -> SQL:
    """Every word of ``text``, none of them a field or a special word."""
    parts = [free(entity, word, loosely) for word in text.split()]
    return " AND ".join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]


def indexed(entity: Entity, word: str) -> SQL:
    return (
        """t.id IN (SELECT r.record FROM search JOIN search_row r ON r.doc = search.rowid
            WHERE search MATCH ? AND r.entity = ?)""",
        [question(word), entity.name],
    )


def within(entity: Entity, word: str) -> SQL:
    texts = ["ref", *(f.name for f in entity.columns if not isinstance(f, (Ref, AnyRef, Flag, Order)))]
    return " OR ".join(f"t.\"{name}\" LIKE ? ESCAPE '!'" for name in texts), [like(word)] * len(texts)


def by_name(entity: Entity, word: str) -> list[SQL]:
    found: list[SQL] = []
    for f in entity.columns:
        if isinstance(f, Ref) and f.listed and (names := called(f.to)):
            bears = " OR ".join(f"x.\"{name}\" LIKE ? ESCAPE '!'" for name in names)
            found.append((f't."{f.name}" IN (SELECT x.id FROM "{f.to}" x WHERE {bears})', [like(word)] * len(names)))
    return found


def like(word: str) -> str:
    return "%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


# --- special words ---------------------------------------------------------------------------------------------------


def is_open(asker: Asker) -> SQL:
    if sql := due.is_open(asker.entity.name):
        return sql, []
    raise Fault(f'{asker.many} är varken öppna eller avslutade. Sök på själva ordet inom citattecken: "öppen".')


def is_late(asker: Asker) -> SQL:
    if sql := due.is_late(asker.entity.name):
        return sql, [asker.store.today.isoformat()]
    raise Fault(f'{asker.many} har ingen dag att vara klara till. Sök på själva ordet inom citattecken: "försenad".')


def is_mine(asker: Asker) -> SQL:
    """In a unit's own file what is the unit's; otherwise what leads to whoever asks, or to a role they have."""
    from lsk.capture import owner

    store, entity = asker.store, asker.entity
    if store.file.is_unit_file and entity.scope != SHARED:
        ids = subtree(store.db, store.file.unit)
        return f"{owner(entity, 't')} IN ({', '.join('?' * len(ids))})", list(ids)
    person = store.db.execute("SELECT id FROM person WHERE name_sort = ? LIMIT 2", (sort_text(asker),)).fetchall()
    if len(person) != 1:
        raise Fault(f"”min” är det som {asker.actor or 'du'} ansvarar för, men ingen i registret Personer heter så.")
    roles = "SELECT a.role FROM assignment a WHERE a.person = ? AND ifnull(a.valid_to, '9999') >= ?"
    found: list[SQL] = []
    for f in entity.columns:
        if isinstance(f, Ref) and f.to == "person":
            found.append((f't."{f.name}" = ?', [person[0]["id"]]))
        elif isinstance(f, Ref) and f.to == "role":
            found.append((f't."{f.name}" IN ({roles})', [person[0]["id"], store.today.isoformat()]))
    if not found:
        raise Fault(f"{asker.many} har ingen ansvarig, så ”min” går inte att fråga om här.")
    return either(found)


def sort_text(asker: Asker) -> str:
    from lsk.schema import sort_key

    return str(asker.store.db.execute(f"SELECT {sort_key('?1')}", (asker.actor,)).fetchone()[0])


def is_recent(asker: Asker) -> SQL:
    return changed(asker, f">=-{RECENT_DAYS}")


SPECIAL: dict[str, Callable[[Asker], SQL]] = {
    "öppen": is_open, "försenad": is_late, "min": is_mine, "ändrad": is_recent,
}  # fmt: skip
SPECIAL_FORMS = {form: word for word in SPECIAL for form in (word, word + "e")} | {
    "öppna": "öppen", "öppet": "öppen", "försenat": "försenad", "mina": "min", "mitt": "min", "ändrat": "ändrad",
}  # fmt: skip


# --- field:value -----------------------------------------------------------------------------------------------------


def of_field(asker: Asker, word: Word) -> SQL:
    own = fields_called(asker, word.field)
    if not own or key_of(word.field) not in (key_of(asker.label(f.name)) for f in own):
        for name, ask in DATED.items():
            if key_of(word.field) == key_of(name):
                return ask(asker, word.value)
    if key_of(word.field) == "status" and word.value.casefold() in ("öppen", "öppna"):
        return is_open(asker)
    if not own:
        raise Fault(f"”{word.field}:” är inget fält här. {can_be_written(asker)}")
    found, faults = [], []
    for f in own if len(own) == 1 else [f for f in own if not isinstance(f, Text)] or own:
        try:  # "ansvarig:Anna" is asked of the role and of the person
            found.append(matching(asker.store, f, asker.label(f.name), word.value, word.quoted))
        except Fault as fault:
            faults.append(fault)
    if found:
        return either(found)
    if len(faults) == 1:
        raise faults[0]
    labels = " eller ".join(f"”{asker.label(f.name)}”" for f in own)
    raise Fault(f"”{word.value}” passar inte i {labels}. Skriv mer av fältets namn för att få veta vad som passar.")


def can_be_written(asker: Asker) -> str:
    labels = [written(asker.label(f.name)) for f in asker.entity.all_fields if f.listed and not isinstance(f, Order)]
    return f"Skriv till exempel {', '.join(labels[:7])}."


def written(label: str) -> str:
    """A label as it is written in a filter: one word with a colon."""
    return "-".join(re.findall(r"\w+", label.casefold())) + ":"


def key_of(text: str) -> str:
    """What is left when case, spaces and signs do not matter: "Klart senast" is "klartsenast"."""
    return re.sub(r"[\W_]", "", text.casefold())


def fields_called(asker: Asker, text: str) -> list[Field]:
    """The fields that ``text`` may mean: the whole label, else its beginning, what others call it, a word within it."""
    asked = key_of(text)
    fields = [f for f in asker.entity.all_fields if not isinstance(f, Order)]
    labels = {f.name: asker.label(f.name) for f in fields}
    ways: tuple[Callable[[Field], bool], ...] = (
        lambda f: asked in (key_of(labels[f.name]), key_of(f.name)),
        lambda f: key_of(labels[f.name]).startswith(asked),
        lambda f: asked in map(key_of, synonyms(f.name)),
        lambda f: any(part.startswith(asked) for part in map(key_of, re.findall(r"\w+", labels[f.name]))),
    )
    for way in ways:
        if asked and (found := [f for f in fields if way(f)]):
            return found
    return []


def of_year(asker: Asker, value: str) -> SQL:
    """The record's own year, or the year of its own date."""
    entity = asker.entity
    field = next((f for f in entity.columns if isinstance(f, Integer) and f.name == "year"), None)
    if field is not None:
        return matching(asker.store, field, "År", value, False)
    name = entity.year_by or next((f.name for f in entity.columns if isinstance(f, Date)), "")
    if not name:
        raise Fault(f"{asker.many} har inget datum, så ”år:” går inte att fråga om här.")
    return within_dates(f't."{name}"', "år", value, asker.store.today)


def falls_due(asker: Asker, value: str) -> SQL:
    name = due.due_field(asker.entity.name)
    if not name:
        raise Fault(f"{asker.many} har ingen dag att vara klara till, så ”förfaller:” går inte att fråga om här.")
    return within_dates(f't."{name}"', "förfaller", value, asker.store.today)


def changed(asker: Asker, value: str) -> SQL:
    """Records with an operation in the log on those days, as this computer counts days."""
    first, last = day_span("ändrad", value, asker.store.today)
    upto = "" if last == LAST else " AND o.hlc < strftime('%s', ?, '+1 day', 'utc') * 1000 << 16"
    return (
        f"""t.id IN (SELECT o.row FROM sync_op o WHERE o.tbl = (SELECT min(tbl) FROM sync_column WHERE entity = ?)
           AND o.hlc >= strftime('%s', ?, 'utc') * 1000 << 16{upto})""",
        [asker.entity.name, first, *([last] if upto else [])],
    )


def of_reference(asker: Asker, value: str) -> SQL:
    return "t.ref LIKE ? ESCAPE '!'", [like(value)]


DATED: dict[str, Callable[[Asker, str], SQL]] = {
    "år": of_year, "förfaller": falls_due, "ändrad": changed, "beteckning": of_reference,
}  # fmt: skip

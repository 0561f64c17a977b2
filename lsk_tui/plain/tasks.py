"""What can be done in plain lines: the same tasks as on the screen, one question at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsk import values
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.records import find
from lsk.rules.ownership import subtree
from lsk.store import Store
from lsk.terms import entity_new, numbered
from lsk_tui import agenda
from lsk_tui.plain import record
from lsk_tui.plain.talk import Back, Choice, Ended, Talk
from lsk_tui.sheet import sheet
from lsk_tui.words import cut, moment, plain
from sync import seal
from sync.conflicts import ROW, Conflict, conflicts, decide_cell, decide_for, field_of

MOST = 15
Task = Callable[[Talk, Store, str], None]


def run(store: Store, actor: str, talk: Talk) -> None:
    """Ask what the person wants to do until there is nothing more to read; then say what is saved."""
    store.index()
    talk.say(
        f"LSK, {store.path.name}. Du arbetar som {actor}. Svara med nummer eller ord. ? ger hjälp, Ctrl+D avslutar."
    )
    try:
        while choose(talk, store, actor):
            pass
    except (Ended, KeyboardInterrupt):
        talk.say()
    farewell(talk)
    if not store.readonly:
        seal.close(store)


def choose(talk: Talk, store: Store, actor: str) -> bool:
    """One task. False when the person wants to end."""
    talk.say()
    found = tasks(store)
    try:
        task = talk.choose("Vad vill du göra?", [*found, Choice(None, "Avsluta", "q")], HELP)
        if task is None:
            return False
        task(talk, store, actor)
    except Back:
        talk.say(f"Avbrutet. Inte sparat: {talk.unsaved.lower()}." if talk.unsaved else "Avbrutet.")
        talk.unsaved = ""
    except LskError as error:
        talk.say(str(error))
    return True


HELP = (
    "Svara med numret framför det du vill göra, eller med början på orden. Överallt kan du skriva ? för hjälp och "
    "avbryt för att komma tillbaka hit. Det som är sparat finns i filen."
)


def tasks(store: Store) -> list[Choice]:
    """What there is to do in this file now."""
    contested = len(conflicts(store))
    return [
        Choice(deviation, entity_new("deviation")),
        Choice(today, "Idag: försenat, snart och väntande"),
        Choice(self_check, "Egenkontroll: fyll i en omgång"),
        *[Choice(decide, f"Konflikter: avgör {numbered(contested, 'konflikt', 'konflikter')}")] * bool(contested),
        Choice(search, "Sök och visa en post"),
        Choice(findings, "Brister"),
    ]


def farewell(talk: Talk) -> None:
    """What is saved, and what is not."""
    if talk.unsaved:
        talk.say(f"Inte sparat: {talk.unsaved.lower()}.")
    talk.say("Det här är sparat i filen:" if talk.saved else "Inget är ändrat i filen.")
    for sentence in talk.saved:
        talk.say(f"- {sentence}")
    talk.say("Slut.")


def deviation(talk: Talk, store: Store, actor: str) -> None:
    record.new(talk, store, actor, "deviation")


def today(talk: Talk, store: Store, actor: str) -> None:
    lead(talk, store, actor, agenda.agenda(store), "Inget är försenat, och inget väntar.")


def findings(talk: Talk, store: Store, actor: str) -> None:
    talk.say("Letar efter brister.")
    lead(talk, store, actor, agenda.findings(store), "Filen har inga brister.")


def lead(talk: Talk, store: Store, actor: str, lines: list[Any], nothing: str) -> None:
    """Tell lines with their headings; a number goes on to the record, to a conflict, or to all that a line counts."""
    targets: list[Any] = []
    for line in lines:
        if line.heading or line.target is None:
            talk.say(line.plain)
        else:
            targets.append(line.target)
            talk.say(f"{len(targets)}. {line.plain}")
    if not targets:
        talk.say(nothing)
        return

    def chosen(text: str) -> Any:
        if not text:
            return None
        if text.isdecimal() and 1 <= int(text) <= len(targets):
            return targets[int(text) - 1]
        raise LskError(f"Svara med ett nummer från 1 till {len(targets)}, eller en tom rad.")

    target = talk.until(
        "Vilken vill du se? Numret. Tom rad går tillbaka.", chosen, "Varje rad med nummer leder vidare."
    )
    if target is not None:
        follow(talk, store, actor, target)


def follow(talk: Talk, store: Store, actor: str, target: Any) -> None:
    """Where a line of *Idag* leads."""
    entity, place = getattr(target, "entity", None), getattr(target, "record", None)
    if entity and place:
        show(talk, store, actor, entity, place)
    elif entity:
        several(talk, store, actor, entity, target.where, target.params)
    elif hasattr(target, "column"):
        decide(talk, store, actor)
    else:
        talk.say("Det finns inget mer att visa om den raden.")


def several(talk: Talk, store: Store, actor: str, entity: str, where: str, params: tuple[Any, ...]) -> None:
    """The records a list would show, one to choose."""
    from lsk.records import count, select
    from lsk_tui.lookup import telling

    rows = select(store.db, entity, where=where, params=params, limit=MOST)
    total = count(store.db, entity, where, params)
    talk.say(
        f"{store.terms.entity_label(entity, many=True)}: {total}." + (f" De första {MOST}:" if total > MOST else "")
    )
    listed = [
        Choice(row["id"], f"{row['ref']}: {cut(telling(store, entity, row['id']), 80)}", row["ref"]) for row in rows
    ]
    chosen = talk.choose("Vilken?", listed, empty="Tom rad går tillbaka.")
    if chosen is not None:
        show(talk, store, actor, entity, chosen)


def search(talk: Talk, store: Store, actor: str) -> None:
    """A record by its reference, or by words in it."""
    asked = talk.ask("Sök efter? En beteckning eller några ord.", "Till exempel HTN-AVV-26-004, eller: fall badrum.")
    if not asked:
        return
    try:
        show(talk, store, actor, *find(store.db, None, asked.upper()))
        return
    except LskError:
        hits = store.search(asked, MOST)  # it is no reference, so it is words
    if not hits:
        talk.say(f"Inga träffar på ”{cut(asked, 60)}”. Pröva färre eller andra ord.")
        return
    found = [
        Choice((h.entity, h.id), f"{store.terms.entity_label(h.entity)} {h.ref}: {cut(h.title, 80)}", h.ref)
        for h in hits
    ]
    chosen = talk.choose("Vilken?", found, empty="Tom rad går tillbaka.")
    if chosen is not None:
        show(talk, store, actor, *chosen)


def show(talk: Talk, store: Store, actor: str, name: str, place: str) -> None:
    """A record in reading order, and what can be done with it."""
    seen = sheet(store, name, place)
    talk.say(f"{store.terms.entity_label(name)} {seen.ref}: {seen.title}")
    for line in seen.lines:
        if not line.faint and line.plain:
            text = line.text.removeprefix("→ ").removeprefix("← ")
            talk.say(f"{line.label}: {text}" if line.label else text)
    if talk.choose("Vad nu?", [Choice(True, "Ändra posten")], empty="Tom rad går tillbaka."):
        record.change(talk, store, actor, name, place)


def self_check(talk: Talk, store: Store, actor: str) -> None:
    """Fill in a round that is planned, the most urgent first."""
    where = ["r.done_on IS NULL", "r.status = 'planerad'"]
    params: list[str] = []
    if store.file.is_unit_file:
        mine = sorted(subtree(store.db, store.file.unit))
        where.append(f"c.unit IN ({', '.join('?' * len(mine))})")
        params += mine
    rows = store.db.execute(
        f"""SELECT r.id, r.due, r.period, c.name FROM self_check_round r JOIN self_check c ON c.id = r.self_check
            WHERE {" AND ".join(where)} ORDER BY r.due, r.id LIMIT {MOST}""",
        params,
    ).fetchall()
    if not rows:
        talk.say("Ingen egenkontroll är planerad och väntar.")
        if talk.yes("Lägga upp en ny omgång?"):
            record.new(talk, store, actor, "self_check_round")
        return
    late = store.today.isoformat()
    listed = [
        Choice(r["id"], f"{r['name']}, {r['period']}, senast {r['due']}{', försenad' if r['due'] < late else ''}")
        for r in rows
    ]
    place = talk.choose("Vilken omgång?", listed)
    entity = ENTITIES["self_check_round"]
    talk.unsaved = "egenkontrollen"
    held: dict[str, Any] = {"status": "genomförd"}
    for name in ("done_on", "checked_count", "compliant_count", "result", "analysis"):
        held[name] = record.field_value(talk, store, entity, entity.field(name))
    record.saved(talk, store, actor, entity, place, held)


def decide(talk: Talk, store: Store, actor: str) -> None:
    """A conflict: every value with who gave it, and the one that shall stand."""
    found = conflicts(store)
    if not found:
        talk.say("Det finns ingen konflikt att avgöra.")
        return
    listed = [Choice(c, f"{c.ref} {c.label}: {cut(c.title, 60)}", c.code) for c in found]
    conflict = found[0] if len(found) == 1 else talk.choose("Vilken konflikt?", listed)
    talk.say(f"{conflict.ref}, {conflict.label}: {conflict.title}")
    talk.say(
        "En har tagit bort posten medan en annan ändrade den."
        if conflict.column == ROW
        else f"Före: {conflict.base_words}"
    )
    third = [] if conflict.column == ROW else [Choice(None, "Skriv något tredje")]
    sides = [Choice(side, told(side)) for side in conflict.sides]
    settle(talk, store, actor, conflict, talk.choose("Vad ska gälla?", [*sides, *third]))


def told(side: Any) -> str:
    return f"{side.words} – {side.actor}, {moment(side.at) if side.at else 'okänd tid'}, fil {side.file}"


def settle(talk: Talk, store: Store, actor: str, conflict: Conflict, side: Any) -> None:
    try:
        if side is not None:
            decide_for(store, conflict, side, actor)
        else:
            field = field_of(conflict.entity, conflict.field)
            value = talk.until(
                f"{conflict.label}?",
                lambda text: values.parse(store.db, field, text, store.today),
                "Det som ska gälla.",
            )
            decide_cell(store, conflict, value, actor)
    except Refused as error:
        talk.say("Inte avgjort:\n" + "\n".join(plain(ENTITIES[conflict.entity], f.sentence) for f in error.findings))
        return
    left = len(conflicts(store))
    rest = f" {numbered(left, 'konflikt', 'konflikter')} kvar." if left else " Inga konflikter kvar."
    talk.keep(f"Avgjort: {conflict.ref} {conflict.label}. Övriga filer får beslutet vid nästa synk.{rest}")

"""Everything a person can do in the app, in one table. Keys, key row, help and palette are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from lsk.model.vocabulary import SHARED, Entity
from lsk_tui import pictures

TODAY, BROWSE, RECORD, FORM, LINES, PICTURE = "idag", "lista", "post", "formulär", "rader", "bild"
PLACES = (TODAY, BROWSE, RECORD)
READING = (TODAY, BROWSE, RECORD, LINES, PICTURE)
EVERYWHERE = (*READING, FORM)

# Keys that some terminal, tmux or a Swedish keyboard takes before us, or that need AltGr or a dead key.
FORBIDDEN_WITH_CTRL = ("i", "m", "j", "h", "b", "comma", "left_square_bracket", "shift+p", "shift+f", "shift+w")
FORBIDDEN_ALONE = (
    *("f11", "at", "dollar_sign", "backslash", "vertical_line", "grave_accent", "tilde", "circumflex_accent"),
    *("acute_accent", "left_square_bracket", "right_square_bracket", "left_curly_bracket", "right_curly_bracket"),
    *"`~^´[]{}\\|@$",
)
FORBIDDEN = frozenset([*(f"ctrl+{key}" for key in FORBIDDEN_WITH_CTRL), *FORBIDDEN_ALONE])

KEY_NAMES = {
    "escape": "Esc", "enter": "Enter", "slash": "/", "question_mark": "?", "colon": ":", "minus": "-", "plus": "+",
    "tab": "Tab", "space": "Blanksteg", "delete": "Delete", "backspace": "Backsteg", "up": "↑", "down": "↓",
}  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """What the answer to "can it be done?" hangs on: the file, the place, and the record under the cursor."""

    readonly: bool = False
    unit: str | None = None  # of a unit's own file
    mine: frozenset[str] = frozenset()  # that unit and the ones under it
    entity: Entity | None = None
    record: str | None = None
    owner: str | None = None  # the unit that owns the record
    undoable: bool = True
    redoable: bool = True
    contested: bool = True  # the record, or without one the file, has a conflict to settle


@dataclass(frozen=True)
class Action:
    """``name`` is the method (``do_name``) of the place. ``why_not`` gives the reason it cannot be done now, or ""."""

    name: str
    words: str
    keys: str
    where: tuple[str, ...]
    help: str
    row: tuple[str, ...] = ()
    why_not: Callable[[Situation], str] = lambda situation: ""

    @property
    def key(self) -> str:
        """The key as it is written on the keyboard."""
        return key_name(self.keys.partition(",")[0]) if self.keys else ""


def key_name(key: str) -> str:
    *modifiers, last = key.split("+")
    name = KEY_NAMES.get(last, last.upper() if last[1:].isdigit() else last)
    words = {"ctrl": "Ctrl", "shift": "Skift"}
    return "+".join([*(words[m] for m in modifiers), name.upper() if modifiers and len(name) == 1 else name])


def writable(s: Situation) -> str:
    return "Filen är öppnad för läsning och kan inte ändras." if s.readonly else ""


def can_add(s: Situation) -> str:
    if s.entity is None:
        return "Välj först i vilken lista den nya posten ska ligga."
    if s.unit and s.entity.scope == SHARED:
        return "Det här delas av alla enheter och ändras bara i huvudfilen."
    return writable(s)


def can_change(s: Situation) -> str:
    if s.entity is None or s.record is None:
        return "Ingen post är markerad."
    if s.unit and s.entity.scope == SHARED:
        return "Det här delas av alla enheter och ändras bara i huvudfilen."
    if s.unit and s.owner not in s.mine:
        return "Posten hör inte till enheten och kan bara läsas i enhetens fil."
    return writable(s)


def can_add_below(s: Situation) -> str:
    return "Ingen post är markerad." if s.record is None else writable(s)


def can_decide(s: Situation) -> str:
    if not s.contested:
        return "Posten har ingen konflikt att avgöra." if s.record else "Det finns ingen konflikt att avgöra."
    return can_change(s) if s.record else writable(s)


def has_record(s: Situation) -> str:
    return "" if s.record is not None else "Ingen post är markerad."


def has_picture(s: Situation) -> str:
    return "" if s.entity and pictures.concerning(s.entity.name) else "Det finns ingen bild av sådana poster."


def can_undo(s: Situation) -> str:
    return writable(s) or ("" if s.undoable else "Det finns inget att ångra i den här filen.")


def can_redo(s: Situation) -> str:
    return writable(s) or ("" if s.redoable else "Det finns inget att göra om.")


ACTIONS = (
    Action("palette", "Sök", "ctrl+p,f10,colon,f3,ctrl+f", READING, "Hoppa till område, åtgärd eller post.", READING),
    Action("palette", "Sök", "ctrl+p,f10,f3", (FORM,), "Hoppa till ett område, en åtgärd eller en post."),
    Action("help", "Hjälp", "f1,question_mark", READING, "Visa vad som kan göras här.", READING),
    Action("help", "Hjälp", "f1", (FORM,), "Visa vad som kan göras här.", (FORM,)),
    Action("conflict", "Avgör konflikt", "a", PLACES, "Välj vad som gäller när två skrivit olika.", PLACES, can_decide),
    Action("new", "Ny", "n", (BROWSE,), "Lägg till en post i listan.", (BROWSE,), can_add),
    Action("below", "Lägg till", "n", (RECORD,), "Lägg till något som hör till posten.", (RECORD,), can_add_below),
    Action("deviation", "Ny avvikelse", "n", (TODAY,), "Registrera en avvikelse.", (TODAY,), writable),
    Action("edit", "Ändra", "e", (BROWSE, RECORD), "Ändra posten.", (BROWSE, RECORD), can_change),
    Action("filter", "Filtrera", "slash", (BROWSE,), "Visa bara de rader som innehåller det du skriver.", (BROWSE,)),
    Action("sort", "Sortera", "s", (BROWSE,), "Sortera efter nästa kolumn.", (BROWSE,)),
    Action("turn", "Vänd ordning", "S", (BROWSE,), "Vänd sorteringen."),
    Action("trace", "Spåra", "t", (BROWSE, RECORD), "Visa vad posten hänger ihop med.", (RECORD,), has_record),
    Action("picture", "Bild", "v", (BROWSE, RECORD), "Visa som bild: matris, karta, hjul …", (), has_picture),
    Action("history", "Historik", "h", READING, "Visa vem som ändrat vad, och när.", (RECORD,)),
    Action("delete", "Ta bort", "x,delete", (BROWSE, RECORD), "Ta bort posten; Ångra ger den åter.", (), can_change),
    Action("undo", "Ångra", "u,ctrl+z", READING, "Ta tillbaka den senaste ändringen i filen.", (), can_undo),
    Action("redo", "Gör om", "r,ctrl+r", READING, "Gör om det som ångrades.", (), can_redo),
    Action("goto", "Gå till", "g", READING, "Gå till ett område: g och sedan en bokstav.", (TODAY, BROWSE)),
    Action("tree", "Områden", "backspace,left", (BROWSE,), "Gå till trädet med områden."),
    Action("today", "Idag", "f2", READING, "Gå till första sidan.", ()),
    Action("reload", "Läs om", "f5", READING, "Läs om från filen."),
    Action("save", "Spara", "ctrl+s,f4", (FORM,), "Spara posten.", (FORM,), writable),
    Action(
        "back", "Tillbaka", "escape", (BROWSE, RECORD, LINES, PICTURE), "Gå tillbaka dit du kom ifrån.",
        (RECORD, LINES, PICTURE),
    ),
    Action("back", "Avbryt", "escape", (FORM,), "Stäng formuläret. Osparat frågas det om först.", (FORM,)),
    Action("actor", "Byt person", "f6", READING, "Ange vem som arbetar i filen; namnet sparas med varje ändring."),
    Action("file", "Byt fil", "f7", READING, "Öppna en annan fil eller skapa en ny."),
    Action("theme", "Ljust eller mörkt", "f9", EVERYWHERE, "Byt mellan ljust och mörkt utseende."),
    Action("leave", "Avsluta", "ctrl+q", EVERYWHERE, "Stäng programmet. Allt som är sparat finns i filen.", (TODAY,)),
)  # fmt: skip


def at(place: str) -> Iterator[Action]:
    """What can be done in a place, in the order of the table."""
    return (action for action in ACTIONS if place in action.where)


def bindings(place: str) -> list[BindingType]:
    return [
        Binding(action.keys, f"do('{action.name}')", action.words, show=False, priority=action.name == "leave")
        for action in at(place)
    ]


def in_row(place: str, contested: bool = False) -> list[Action]:
    """The at most seven that the key row shows: help and search first, since everything else can be found there.

    The settling of a conflict is shown only where there is one.
    """
    return [action for action in at(place) if place in action.row and (contested or action.name != "conflict")][:7]

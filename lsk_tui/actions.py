"""Everything a person can do in the app, in one table. Keys, key row, help and palette are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from lsk.model.vocabulary import SHARED, Entity
from lsk_tui import pictures

TODAY, BROWSE, RECORD, FORM, LINES, PICTURE = "idag", "lista", "post", "formulär", "rader", "bild"
PLACES = (TODAY, BROWSE, RECORD)
# A picture with acts of its own is a place within "bild": what can be done in every picture can be done there too.
RISKS, SQUARES, YEAR, GOALS, CYCLE = "bild:risk", "bild:prioritering", "bild:år", "bild:mål", "bild:kretslopp"
MAP, DUTIES, THREAD = "bild:karta", "bild:ansvar", "bild:spår"
TABLES, MEMO = "bild:översikt", "bild:underlag"
DOCUMENT, VERSIONS, CONFLICT = "bild:dokument", "bild:versioner", "bild:konflikt"
WORK = "arbete"
READING = (TODAY, BROWSE, RECORD, LINES, PICTURE)
EVERYWHERE = (*READING, FORM, WORK)

# Keys that some terminal, tmux or a Swedish keyboard takes before us, or that need AltGr or a dead key.
FORBIDDEN_WITH_CTRL = ("i", "m", "j", "h", "b", "comma", "left_square_bracket", "shift+p", "shift+f", "shift+w")
FORBIDDEN_ALONE = (
    *("f11", "at", "dollar_sign", "backslash", "vertical_line", "grave_accent", "tilde", "circumflex_accent"),
    *("acute_accent", "left_square_bracket", "right_square_bracket", "left_curly_bracket", "right_curly_bracket"),
    *"`~^´[]{}\\|@$",
)
FORBIDDEN = frozenset([*(f"ctrl+{key}" for key in FORBIDDEN_WITH_CTRL), *FORBIDDEN_ALONE])


def forbidden(key: str) -> bool:
    """Whether a key must not be bound: one of those, or with a combination that terminals keep for themselves."""
    return key in FORBIDDEN or key.startswith(("ctrl+shift+", "alt+", "super+", "meta+", "hyper+"))


KEY_NAMES = {
    "escape": "Esc", "enter": "Enter", "slash": "/", "question_mark": "?", "colon": ":", "minus": "-", "plus": "+",
    "tab": "Tab", "space": "Blanksteg", "delete": "Delete", "backspace": "Backsteg", "up": "↑", "down": "↓",
    "left": "←", "right": "→", "comma": ",", "full_stop": ".",
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
    been: bool = True  # somewhere else than here
    ahead: bool = True  # a place was gone back from
    before: bool = True  # the list the record was opened from has one before it
    after: bool = True
    rehearsal: bool = True  # the work can be tried first
    contested: bool = True  # the record, or without one the file, has a conflict to settle
    joins: bool = True  # its values are texts, which can be put together


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


def can_rehearse(s: Situation) -> str:
    return "" if s.rehearsal else "Det här arbetet har inget prov. Ctrl+S kör det."


def can_decide(s: Situation) -> str:
    if not s.contested:
        return "Posten har ingen konflikt att avgöra." if s.record else "Det finns ingen konflikt att avgöra."
    return can_change(s) if s.record else writable(s)


def can_join(s: Situation) -> str:
    one = "Fältet rymmer bara ett värde. Välj ett av dem, eller skriv ett eget (e)."
    return can_decide(s) or ("" if s.joins else one)


def has_record(s: Situation) -> str:
    return "" if s.record is not None else "Ingen post är markerad."


def has_picture(s: Situation) -> str:
    return "" if s.entity and pictures.concerning(s.entity.name) else "Det finns ingen bild av sådana poster."


def has_been(s: Situation) -> str:
    return "" if s.been else "Du har inte varit på någon annan plats än."


def has_ahead(s: Situation) -> str:
    return "" if s.ahead else "Det finns ingen plats att gå framåt till."


def has_before(s: Situation) -> str:
    return "" if s.before else "Det finns ingen post före i listan, eller så öppnades posten inte från en lista."


def has_after(s: Situation) -> str:
    return "" if s.after else "Det finns ingen post efter i listan, eller så öppnades posten inte från en lista."


def can_undo(s: Situation) -> str:
    return writable(s) or ("" if s.undoable else "Det finns inget att ångra i den här filen.")


def can_redo(s: Situation) -> str:
    return writable(s) or ("" if s.redoable else "Det finns inget att göra om.")


ACTIONS = (
    Action("palette", "Sök", "ctrl+p,f10,colon,f3,ctrl+f", READING, "Hoppa till område, åtgärd eller post.", READING),
    Action("palette", "Sök", "ctrl+p,f10,f3", (FORM, WORK), "Hoppa till ett område, en åtgärd eller en post."),
    Action("help", "Hjälp", "f1,question_mark", READING, "Visa vad som kan göras här.", READING),
    Action("help", "Hjälp", "f1", (FORM, WORK), "Visa vad som kan göras här.", (FORM, WORK)),
    Action("conflict", "Avgör konflikt", "a", PLACES, "Välj vad som gäller när två skrivit olika.", PLACES, can_decide),
    Action("new", "Ny", "n", (BROWSE,), "Lägg till en post i listan.", (BROWSE,), can_add),
    Action("below", "Lägg till", "n", (RECORD,), "Lägg till något som hör till posten.", (RECORD,), can_add_below),
    Action("deviation", "Ny avvikelse", "n", (TODAY,), "Registrera en avvikelse.", (TODAY,), writable),
    Action("edit", "Ändra", "e", (BROWSE, RECORD), "Ändra posten.", (BROWSE, RECORD), can_change),
    Action("filter", "Filtrera", "slash", (BROWSE,), "Visa bara vissa rader: status:öppen enhet:HTN …", (BROWSE,)),
    Action("sort", "Sortera", "s", (BROWSE,), "Sortera efter nästa kolumn.", (BROWSE,)),
    Action("turn", "Vänd ordning", "S", (BROWSE,), "Vänd sorteringen."),
    Action("mark", "Markera", "space", (BROWSE,), "Markera raden; Skift+pil markerar flera.", (), has_record),
    Action("mark_all", "Markera alla", "A", (BROWSE,), "Markera alla rader; e ändrar, x tar bort dem.", (), has_record),
    Action("count", "Räkna", "c", (BROWSE,), "Räkna raderna efter en kolumn: per enhet, status …"),
    Action("columns", "Kolumner", "K", (BROWSE,), "Välj vilka kolumner som visas."),
    Action("views", "Vyer", "w", (BROWSE,), "Öppna, spara, byt namn på eller ta bort en sparad vy."),
    Action("export", "Exportera", "E", (BROWSE,), "Spara listan som den syns, för Excel."),
    Action(
        "editor", "Egen redigerare", "ctrl+o", (BROWSE, RECORD), "Skriv en lång text i egen redigerare.", (), can_change
    ),
    Action("editor", "Egen redigerare", "ctrl+o", (FORM,), "Skriv fältets text i din egen redigerare."),
    Action("trace", "Spåra", "t", (BROWSE, RECORD), "Visa vad posten hänger ihop med.", (RECORD,), has_record),
    Action("picture", "Bild", "v", (BROWSE, RECORD), "Visa som bild: matris, karta, hjul …", (), has_picture),
    Action("step", "Nästa steg", "s", (RECORD,), "Ta posten ett steg framåt i dess gång.", (), can_change),
    Action("above", "Förra posten", "comma", (RECORD,), "Visa posten före i listan.", (), has_before),
    Action("under", "Nästa post", "full_stop", (RECORD,), "Visa posten efter i listan.", (), has_after),
    Action("history", "Historik", "h", READING, "Visa vem som ändrat vad, och när.", (RECORD,)),
    Action("delete", "Ta bort", "x,delete", (BROWSE, RECORD), "Ta bort posten; Ångra ger den åter.", (), can_change),
    Action("undo", "Ångra", "u,ctrl+z", READING, "Ta tillbaka den senaste ändringen i filen.", (), can_undo),
    Action("redo", "Gör om", "r,ctrl+r", READING, "Gör om det som ångrades.", (), can_redo),
    Action("goto", "Gå till", "g", READING, "Gå till ett område: g och sedan en bokstav.", (TODAY, BROWSE)),
    Action("tree", "Områden", "backspace,left", (BROWSE,), "Gå till trädet med områden."),
    Action("today", "Idag", "f2", READING, "Gå till första sidan: försenat, väntande och brister.", ()),
    Action("reload", "Läs om", "f5", READING, "Läs om från filen."),
    Action("save", "Spara", "ctrl+s,f4", (FORM,), "Spara posten.", (FORM,), writable),
    Action(
        "back", "Tillbaka", "escape", (BROWSE, RECORD, LINES, PICTURE), "Gå tillbaka dit du kom ifrån.",
        (RECORD, LINES, PICTURE),
    ),
    Action("before", "Före och nu", "v", (RISKS,), "Byt mellan första bedömningen och den nuvarande.", (RISKS,)),
    Action("scale", "Skala", "s", (RISKS,), "Visa nästa riskskala, när det finns flera."),
    Action("move", "Flytta", "m", (SQUARES,), "Flytta åtgärden till en annan ruta.", (SQUARES,), can_change),
    Action("memo", "Underlag", "b", (SQUARES,), "Visa beslutsunderlaget, åtgärd för åtgärd.", (SQUARES,)),
    Action("raise", "Flytta uppåt", "shift+up", (SQUARES,), "Till rutan ovanför.", (), can_change),
    Action("lower", "Flytta nedåt", "shift+down", (SQUARES,), "Till rutan nedanför.", (), can_change),
    Action("worsen", "Flytta åt vänster", "shift+left", (SQUARES,), "Till rutan till vänster.", (), can_change),
    Action("better", "Flytta åt höger", "shift+right", (SQUARES,), "Till rutan till höger.", (), can_change),
    Action("export", "Exportera", "E", (TABLES, MEMO), "Spara tabellen, för Excel.", (TABLES, MEMO)),
    Action("earlier", "Året före", "comma", (YEAR, CYCLE, TABLES), "Visa året före.", (YEAR, CYCLE, TABLES)),
    Action("later", "Året efter", "full_stop", (YEAR, CYCLE, TABLES), "Visa året efter.", (YEAR, CYCLE, TABLES)),
    Action(
        "unit", "Enhet", "b", (RISKS, YEAR, GOALS, TABLES, MEMO), "Visa en enhet och de under den.",
        (RISKS, YEAR, GOALS),
    ),
    Action("fold", "Fäll ut", "space", (MAP,), "Fäll ut eller ihop det som ligger under raden.", (MAP,)),
    Action("all", "Fäll ut allt", "o", (MAP,), "Fäll ut hela kartan, eller fäll ihop den igen.", (MAP,)),
    Action("gaps", "Bara brister", "b", (MAP,), "Visa bara det som saknar något, eller allt igen.", (MAP,)),
    Action("trace", "Spåra härifrån", "t", (THREAD,), "Visa tråden genom den markerade posten.", (THREAD,)),
    Action("first", "Ta 1", "1", (CONFLICT,), "Låt det första värdet gälla.", (CONFLICT,), can_decide),
    Action("second", "Ta 2", "2", (CONFLICT,), "Låt det andra värdet gälla.", (CONFLICT,), can_decide),
    Action("both", "Båda", "b", (CONFLICT,), "Sätt ihop texterna och ändra före spar.", (CONFLICT,), can_join),
    Action("write", "Skriv", "e", (CONFLICT,), "Skriv ett eget värde.", (CONFLICT,), can_decide),
    Action("next", "Nästa", "n,right", (CONFLICT,), "Visa nästa konflikt, utan att avgöra den här.", (CONFLICT,)),
    Action("previous", "Föregående", "p,left", (CONFLICT,), "Visa föregående konflikt."),
    Action("section", "Flik", "right", (DOCUMENT,), "Text, versioner, läst av, används i.", (DOCUMENT,)),
    Action("section_back", "Förra fliken", "left", (DOCUMENT,), "Tillbaka till fliken före."),
    Action("acknowledge", "Har läst", "l", (DOCUMENT,), "Kvittera att du läst versionen.", (DOCUMENT,), writable),
    Action("approve", "Fastställ", "f", (DOCUMENT,), "Fastställ den version som väntar.", (DOCUMENT,), can_change),
    Action("version", "Ny version", "n", (DOCUMENT,), "Börja på nästa version.", (DOCUMENT,), can_change),
    Action("edit", "Ändra", "e", (DOCUMENT,), "Ändra versionen som visas.", (), can_change),
    Action("newer", "Nyare", "right", (VERSIONS,), "Jämför nästa version med den före.", (VERSIONS,)),
    Action("older", "Äldre", "left", (VERSIONS,), "Jämför föregående version med den före.", (VERSIONS,)),
    Action("work", "Arbeten", "f8", READING, "Synka, läsa in, skriva ut, publicera, kontrollera.", (TODAY,)),
    Action("run", "Kör", "ctrl+s,f4", (WORK,), "Gör arbetet.", (WORK,)),
    Action("rehearse", "Prova", "f5", (WORK,), "Visa vad som skulle hända; inget ändras.", (WORK,), can_rehearse),
    Action("back", "Tillbaka", "escape", (WORK,), "Gå tillbaka, eller avbryt arbetet som pågår.", (WORK,)),
    Action("back", "Avbryt", "escape", (FORM,), "Stäng formuläret. Osparat frågas det om först.", (FORM,)),
    Action("last", "Förra platsen", "minus", READING, "Gå dit du nyss var; en gång till går hit igen.", (), has_been),
    Action("forward", "Framåt", "plus", READING, "Gå framåt igen, efter Tillbaka.", (), has_ahead),
    Action("drafts", "Utkast", "d", READING, "Visa formulär som börjats men inte sparats."),
    Action("actor", "Byt person", "f6", READING, "Ange vem som arbetar i filen; namnet sparas med varje ändring."),
    Action("file", "Byt fil", "f7", READING, "Öppna en annan fil eller skapa en ny."),
    Action("theme", "Utseende", "f9", EVERYWHERE, "Mörkt, ljust, hög kontrast eller terminalens egna färger."),
    Action("leave", "Avsluta", "ctrl+q", EVERYWHERE, "Stäng programmet. Allt som är sparat finns i filen.", (TODAY,)),
)  # fmt: skip


def among(place: str, places: tuple[str, ...]) -> bool:
    """Whether a place is one of these, or lies within one of them."""
    return place in places or place.partition(":")[0] in places


def at(place: str) -> Iterator[Action]:
    """What can be done in a place, in the order of the table."""
    return (action for action in ACTIONS if among(place, action.where))


def bindings(place: str) -> list[BindingType]:
    return [
        Binding(action.keys, f"do('{action.name}')", action.words, show=False, priority=action.name == "leave")
        for action in at(place)
    ]


def in_row(place: str, contested: bool = False) -> list[Action]:
    """The at most seven that the key row shows: help and search first, since everything else can be found there.

    The settling of a conflict is shown only where there is one.
    """
    return [action for action in at(place) if among(place, action.row) and (contested or action.name != "conflict")][:7]

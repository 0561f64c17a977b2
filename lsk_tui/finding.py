"""What the palette finds: which of the known things fit the words, and which records do."""

from __future__ import annotations

from lsk.model import ENTITIES
from lsk.records import title_of
from lsk.respell import distance, respelt
from lsk.search import Hit
from lsk.store import Store
from lsk.terms import entity_named
from lsk_tui.lines import Jump, Line
from lsk_tui.words import cut

MOST = 30
LONGEST = 200  # letters that are looked for; more were pasted by mistake
WIDTH = 15  # a reference


def fits(asked: str, words: str) -> bool:
    """Whether every word asked for begins a word of ``words``, or has most of its letters in their order."""
    have = words.casefold().replace("-", " ").split()
    return all(any(one.startswith(word) or in_order(word, one) for one in have) for word in asked.casefold().split())


def in_order(letters: str, text: str) -> bool:
    """ "riskanl" in "riskanalyser"; short guesses would fit everything."""
    rest = iter(text)
    return len(letters) > 3 and 2 * len(letters) >= len(text) and all(letter in rest for letter in letters)


def nearly(asked: str, words: str) -> bool:
    """The same for words with a slip or two in them."""
    have = words.casefold().replace("-", " ").split()
    return all(
        any(distance(word, one, 1 + (len(word) > 5)) <= 1 + (len(word) > 5) for one in have)
        for word in asked.casefold().split()
        if len(word) > 3
    )


def best_first(asked: str, known: list[Line]) -> list[Line]:
    """The known lines that fit: first those that begin so, then those whose name fits, then whose explanation does."""
    if not asked:
        return known
    fitting = [line for line in known if fits(asked, f"{line.text} {line.label}")]

    def far(line: Line) -> tuple[bool, bool]:
        return not line.text.casefold().startswith(asked.casefold()), not fits(asked, f"{called(line)} {line.label}")

    return sorted(fitting, key=far)


def called(line: Line) -> str:
    """A known line without its explanation."""
    return line.text.partition(" – ")[0]


def nearly_fitting(asked: str, known: list[Line]) -> list[Line]:
    """Those that would have fitted, had the words been spelt right."""
    if not any(len(word) > 3 for word in asked.split()):
        return []
    return [line for line in known if nearly(asked, called(line))]


def record_lines(store: Store, text: str) -> list[Line]:
    """The best hits; when there is none, those of the words that come nearest, under a heading that says so."""
    found = hits(store, text)
    if found:
        return [hit_line(store, hit) for hit in found]
    better = respelt(store.db, text)
    found = hits(store, better) if better else []
    heading = Line(f"Inga träffar på ”{cut(text, 30)}”. Närmast är ”{better}”:", heading=True)
    return [heading, *(hit_line(store, hit) for hit in found)] if found else []


def hits(store: Store, text: str) -> list[Hit]:
    """The exact reference first, settings last. A kind of record before the words ("risk fall") narrows to it."""
    first, _, rest = text.partition(" ")
    kind = entity_named(first) if rest else None
    found = store.search(rest, MOST, kind) if kind else []
    found = found or store.search(text, MOST)
    return sorted(
        found, key=lambda hit: (hit.ref.casefold() != text.casefold(), ENTITIES[hit.entity].area == "profile")
    )


def hit_line(store: Store, hit: Hit) -> Line:
    return Line(described(store, hit), hit.ref, Jump(hit.entity, hit.id), label_width=WIDTH)


def described(store: Store, hit: Hit) -> str:
    """What kind of record, its title, and the words found where the title does not have them."""
    title = title_of(store.db, hit.entity, hit.id)
    found = " ".join(hit.snippet.split())
    beyond = "«" in found and found.replace("«", "").replace("»", "").strip("…")[:20] not in f"{title} {hit.ref}"
    words = f"{cut(title, 40)} – {found}" if beyond else cut(title, 90)
    return f"{store.terms.entity_label(hit.entity)}: {words}"

"""Texts compared word by word, and put together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsk.wordwise import GONE, NEW, SAME, WORDS, differences, hunks, joined, marked

TEXTS = st.lists(st.sampled_from(["Besök", "varje", "dag", "kl. 8", "2026-11-02", "\n", "och", "å", ".", "  "])).map(
    " ".join
)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("Besök varje dag.", "Besök varannan dag.", "Besök [−varje−][+varannan+] dag."),
        ("Skriv upp.", "Skriv alltid upp.", "Skriv [+alltid+] upp."),
        ("Skriv alltid upp.", "Skriv upp.", "Skriv [−alltid−] upp."),
        ("Ring.", "Ring. Skriv upp.", "Ring. [+Skriv upp.+]"),
        ("Senast 2026-11-10.", "Senast 2026-12-10.", "Senast [−2026-11-10−][+2026-12-10+]."),
        ("", "Nytt", "[+Nytt+]"),
        ("Lika", "Lika", "Lika"),
        ("Ett  två", "Ett två", "Ett  två"),
    ],
)
def test_what_has_changed_is_marked_by_signs(old: str, new: str, seen: str) -> None:
    assert marked(old, new) == seen


def test_one_word_in_common_between_two_rewritten_stretches_does_not_split_them() -> None:
    assert marked("a b c och d e f", "g h i och j k l") == "[−a b c och d e f−][+g h i och j k l+]"


@given(TEXTS, TEXTS)
def test_the_pieces_give_back_the_old_text_and_the_words_of_the_new(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(p.text for p in pieces if p.kind in (SAME, GONE)) == old
    assert WORDS.findall("".join(p.text for p in pieces if p.kind in (SAME, NEW))) == WORDS.findall(new)


@given(TEXTS, TEXTS)
def test_the_hunks_make_the_new_text_out_of_the_old(old: str, new: str) -> None:
    text = old
    for hunk in reversed(hunks(old, new)):
        text = text[: hunk.start] + hunk.text + text[hunk.end :]
    assert WORDS.findall(text) == WORDS.findall(new)


def test_a_very_long_text_is_compared_sentence_by_sentence_and_then_word_by_word() -> None:
    old = "".join(f"Mening {n} om läkemedel. " for n in range(900))
    new = old.replace("Mening 450 om", "Mening 450 inte om")
    changed = [p for p in differences(old, new) if p.kind != SAME]
    assert [(p.kind, p.text.strip()) for p in changed] == [(NEW, "inte")]


@pytest.mark.parametrize(
    ("base", "first", "second", "whole"),
    [
        (
            "Besök varje dag. Ring.",
            "Besök varannan dag. Ring.",
            "Besök varje dag. Skriv.",
            "Besök varannan dag. Skriv.",
        ),
        ("Besök", "Besök varje dag", "Besök varje kväll", "Besök varje dag\nBesök varje kväll"),
        ("", "Ett", "Två", "Ett\nTvå"),
        ("Ett", "Ett och två", "Ett", "Ett och två"),
        ("a b c", "a x c", "a x c", "a x c"),
    ],
)
def test_both_versions_are_put_together(base: str, first: str, second: str, whole: str) -> None:
    assert joined(base, first, second) == whole

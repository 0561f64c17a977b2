"""Question and answer: one line asks, one line answers. No colours, no cursor, nothing that is written over."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TextIO

from lsk.errors import LskError
from lsk_tui.words import cut

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LISTED = 20  # choices told before the question; the rest are found by writing a part of the word
WORDS = 100  # characters of a choice


class Ended(Exception):
    """There is no more to read: Ctrl+D, or the end of what was piped in."""


class Back(Exception):
    """The person wants out of what is being asked."""


class Choice(NamedTuple):
    """``value`` is what the program gets, ``words`` what is read out, ``short`` another way to say it."""

    value: Any
    words: str
    short: str = ""


class Talk:
    """A conversation over two streams. ``saved`` is told when it ends."""

    def __init__(self, read: TextIO | None = None, write: TextIO | None = None) -> None:
        self.read, self.write = read or sys.stdin, write or sys.stdout
        self.saved: list[str] = []
        self.unsaved = ""

    def say(self, text: str = "") -> None:
        """A line, or several. Signs that would steer a terminal are left out, whoever wrote them."""
        self.write.write("\n".join(CONTROL.sub(" ", line) for line in text.split("\n")) + "\n")
        self.write.flush()

    def line(self, question: str) -> str:
        """The answer to a question as it was written. Ended when there is none."""
        while True:
            self.write.write(CONTROL.sub(" ", question) + (" " if self.read.isatty() else "\n"))
            self.write.flush()
            try:
                text = self.read.readline()
                text.encode("utf-8")
            except UnicodeError:
                self.say("Texten innehåller tecken som inte går att läsa. Skriv den på nytt.")
                continue
            if not text:
                raise Ended
            return text.strip("\r\n")

    def ask(self, question: str, help: str = "") -> str:
        """A line; ``?`` tells ``help`` and asks again, ``avbryt`` is Back."""
        while True:
            text = self.line(question).strip()
            if text == "?":
                self.say(f"{help} Skriv avbryt för att lämna frågan.".strip())
            elif text.casefold() == "avbryt":
                raise Back
            else:
                return text

    def until(self, question: str, read: Callable[[str], Any], help: str = "") -> Any:
        """Ask until ``read`` takes the answer; what it says no with is told."""
        while True:
            text = self.ask(question, help)
            try:
                return read(text)
            except LskError as error:
                self.say(str(error))

    def choose(
        self, question: str, choices: Sequence[Choice], help: str = "", empty: str = "", told: bool = False
    ) -> Any:
        """One of ``choices``, by number, word, or a beginning. ``empty``: what an empty line means; then it is None.

        ``told``: they have been read out already, and are only told again on ``?``.
        """
        if not told:
            self.tell(choices)

        def chosen(text: str) -> Any:
            if not text and empty:
                return None
            return fitting(choices, text).value

        listed = "\n".join(numbered(choices)) + "\n" if told else ""
        how = help or "Svara med numret, ordet eller början på det."
        return self.until(f"{question} {empty}".strip(), chosen, listed + how)

    def tell(self, choices: Sequence[Choice]) -> None:
        """The choices with their numbers."""
        for line in numbered(choices):
            self.say(line)

    def yes(self, question: str) -> bool:
        """Whether the answer is ja; an empty line is nej."""

        def read(text: str) -> bool:
            if text.casefold() in ("ja", "j"):
                return True
            if text.casefold() in ("nej", "n", ""):
                return False
            raise LskError("Svara ja eller nej.")

        return bool(self.until(f"{question} (ja eller nej)", read, "Ja gör det, nej låter bli."))

    def keep(self, sentence: str) -> None:
        """Say that something is saved, now and once more at the end."""
        self.saved.append(sentence)
        self.unsaved = ""
        self.say(sentence)


def numbered(choices: Sequence[Choice]) -> list[str]:
    lines = [f"{number}. {cut(choice.words, WORDS)}" for number, choice in enumerate(choices[:LISTED], 1)]
    if len(choices) > LISTED:
        lines.append(f"Det finns {len(choices)}; de första {LISTED} står här. Skriv början på namnet för de andra.")
    return lines


def fitting(choices: Sequence[Choice], text: str) -> Choice:
    """The choice meant by a number, a word or its beginning. LskError when it is none, or could be several."""
    if text.isdecimal() and 1 <= int(text) <= len(choices):
        return choices[int(text) - 1]
    asked = text.casefold()
    exact = [c for c in choices if asked in (c.words.casefold(), c.short.casefold())] if asked else []
    begins = [c for c in choices if c.words.casefold().startswith(asked)] if asked else []
    holds = [c for c in choices if len(asked) > 2 and asked in c.words.casefold()]
    for found in (exact, begins, holds):
        if len(found) == 1:
            return found[0]
        if found:
            which = ", ".join(cut(c.words, 40) for c in found[:5])
            raise LskError(f"”{text}” kan vara flera: {which}. Skriv mer, eller numret.")
    raise LskError(
        "Svara med ett av numren." if not text else f"”{cut(text, 40)}” finns inte att välja. Svara med numret."
    )

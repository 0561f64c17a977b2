"""Forms half filled in: offered when the app starts, when the same form is opened, and by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsk_tui.drafts import Draft, about, begun, drafts, throw
from lsk_tui.screens.dialogs import Ask, Menu
from lsk_tui.screens.drafting import Drafted
from lsk_tui.screens.form import Form
from lsk_tui.widgets.lines import Jump, Line

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

LATER = "Tangenten d visar det när du vill. Det finns bara på den här datorn och är inte sparat i filen."


class Drafts(Menu):
    """All drafts of the file."""

    HEADING = "Utkast"

    def lines(self) -> list[Line]:
        store = self.lsk.store
        kept = drafts(store.file.replica)
        width = max((len(draft.when) for draft in kept), default=0) + 2
        found = [Line(about(store, draft), draft.when, draft, label_width=width) for draft in kept]
        none = "Inga utkast finns. Ett formulär som börjats men inte sparats hamnar här. Esc stänger."
        return found or [Line(none, heading=True)]

    def choose(self, line: Line) -> None:
        ask(self.lsk, line.target)


def offer(app: LskApp) -> None:
    """At start: what was being written when the app last ended."""
    found = drafts(app.store.file.replica)
    if len(found) == 1:
        ask(app, found[0])
    elif found:
        app.push_screen(Drafts())


def ask(app: LskApp, draft: Draft) -> None:
    def answered(answer: str | None) -> None:
        if answer == "go":
            go_on(app, draft)
        elif answer == "drop":
            throw(draft.id)
            app.notify("Utkastet är kastat.")

    answers = {"go": "Fortsätt skriva", "later": "Senare", "drop": "Kasta"}
    app.push_screen(Ask(f"Ett utkast från {draft.when} finns.", answers, [about(app.store, draft), LATER]), answered)


def go_on(app: LskApp, draft: Draft) -> None:
    """Open the form as it was left; when it is saved, the record is shown."""

    def saved(record: object) -> None:
        if record:
            app.jump(Jump(draft.entity, str(record)))

    app.push_screen(Form(draft.entity, draft.record, begun(app.store, draft), draft=draft), saved)


def ask_in_form(form: Drafted, draft: Draft) -> None:
    """The same form has been opened again."""

    def answered(answer: str | None) -> None:
        if answer == "go":
            form.resume(draft)
        elif answer == "drop":
            throw(draft.id)

    fresh = "Börja på nytt" if draft.record is None else "Låt vara"
    answers = {"go": "Fortsätt på utkastet", "later": fresh, "drop": "Kasta utkastet"}
    question = f"Ett utkast från {draft.when} finns."
    form.app.push_screen(Ask(question, answers, [about(form.lsk.store, draft), LATER]), answered)

"""A document to read: its text, its versions, who has read it and where it is used."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Markdown, Static

from lsk.documents import acknowledge
from lsk.model import ENTITIES
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.lines import Jump, Line
from lsk_tui.paper import Paper, paper
from lsk_tui.pictures.base import Picture
from lsk_tui.screens.approve import Approve
from lsk_tui.screens.dialogs import Ask
from lsk_tui.widgets.lines import Lines

TABS = ("document-text", "versions", "read", "used")


class Document(Picture):
    """Four tabs. The version marked under *Versioner* is the one that the other tabs are about."""

    PLACE = actions.DOCUMENT
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "system.tcss"

    paper: Paper | None
    wanted: str | None

    def content(self) -> ComposeResult:
        self.paper, self.wanted = None, None
        yield Static("", id="sections")
        with ContentSwitcher(initial=TABS[0]):
            with VerticalScroll(id="document-text"):
                yield Markdown("", open_links=False)
            yield Lines(id="versions")
            yield Lines(id="read")
            yield Lines(id="used")

    def title_words(self) -> str:
        return f"{self.paper.title} · {self.paper.ref}" if self.paper else self.view.words

    def situation(self) -> Situation:
        found = self.paper
        if found is None:
            return self.lsk.situation(ENTITIES["document"])
        record = found.shown["id"] if found.shown is not None else found.document
        kind = "document_version" if found.shown is not None else "document"
        return self.lsk.situation(ENTITIES[kind], record, found.owner)

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        entity, record, wanted = self.entity, self.record, self.wanted
        with self.telling():
            found = None
            if entity and record:
                found = await self.lsk.desk.ask(lambda store: paper(store, entity, record, wanted))
            self.paper = found
            if found is None:
                nothing = (
                    "Ställ dig på ett dokument i listan Dokument (g) och tryck v." if not record else "(borttaget)"
                )
                await self.query_one(Markdown).update(nothing)
                return
            self.sections()
            none = f"# {found.title}\n\nIngen version ännu. Tryck **n** för att skriva den första."
            await self.query_one(Markdown).update(found.text or none)
            listed = self.query_one("#versions", Lines)
            listed.show(found.version_lines())
            if found.shown is not None:
                listed.highlighted = next(n for n, row in enumerate(found.versions) if row["id"] == found.shown["id"])
            self.query_one("#read", Lines).show(found.read_lines())
            self.query_one("#used", Lines).show(found.used)
            self.tell()

    def sections(self) -> None:
        """The row of tabs; the one that is shown stands in brackets."""
        if self.paper is None:
            return
        found = self.paper
        number = f" version {found.shown['version_number']}" if found.shown is not None else ""
        leads = sum(isinstance(line.target, Jump) for line in found.used)
        names = (f"Text{number}", f"Versioner ({len(found.versions)})", f"Läst av ({len(found.receipts.done)})",
                 f"Används i ({leads})")  # fmt: skip
        here = self.query_one(ContentSwitcher).current
        parts: list[Content] = []
        for n, (tab, name) in enumerate(zip(TABS, names, strict=True)):
            words = Content(f"[{name}]" if tab == here else f" {name} ")
            parts.append(words.stylize("bold reverse" if tab == here else "").stylize(f"@click=screen.tab({n})"))
        self.query_one("#sections", Static).update(Content(" ").join(parts))

    def action_tab(self, number: int) -> None:
        self.query_one(ContentSwitcher).current = TABS[number]
        self.query_one(f"#{TABS[number]}").focus()
        self.sections()

    def do_section(self) -> None:
        self.step(1)

    def do_section_back(self) -> None:
        self.step(-1)

    def step(self, way: int) -> None:
        here = TABS.index(str(self.query_one(ContentSwitcher).current))
        self.action_tab((here + way) % len(TABS))

    @on(Lines.OptionHighlighted, "#versions")
    def marked(self, event: Lines.OptionHighlighted) -> None:
        """The other tabs follow the version under the cursor."""
        line = self.query_one("#versions", Lines).current
        if line is None or line.target is None or self.paper is None or self.paper.shown is None:
            return
        if self.query_one(ContentSwitcher).current == "versions" and line.target != self.paper.shown["id"]:
            self.wanted = line.target
            self.load()

    @on(Lines.OptionSelected, "#versions")
    def compare(self) -> None:
        from lsk_tui.pictures.versions import Versions

        line = self.query_one("#versions", Lines).current
        if line is not None and line.target:
            self.app.push_screen(Versions(self.view, "document_version", line.target))

    @on(Lines.OptionSelected, "#used")
    def follow(self) -> None:
        line: Line | None = self.query_one("#used", Lines).current
        if line is not None and isinstance(line.target, Jump):
            self.lsk.jump(line.target)

    @on(Markdown.LinkClicked)
    def link(self, event: Markdown.LinkClicked) -> None:
        """A link says where it leads before it is opened; nothing but a web page is."""
        event.stop()
        address = event.href
        if not address.startswith(("https://", "http://")):
            self.app.notify(f"Länken leder till {address}. Bara webbsidor öppnas härifrån.", markup=False)
            return

        def answered(answer: str | None) -> None:
            if answer == "yes":
                self.app.open_url(address)

        more = ["Texten i dokumentet bestämmer vart länken leder, inte LSK.", address]
        self.app.push_screen(Ask("Öppna länken i webbläsaren?", {"no": "Avbryt", "yes": "Öppna"}, more), answered)

    def do_edit(self) -> None:
        if self.paper is not None and self.paper.shown is not None:
            self.lsk.edit("document_version", self.paper.shown["id"], "procedure")
        elif self.paper is not None:
            self.lsk.edit("document", self.paper.document)

    def do_version(self) -> None:
        """The next version begins with the text of the one shown."""
        found = self.paper
        if found is None:
            return
        given = {"document": found.document}
        if found.shown is not None:
            keep = ("procedure", "responsibility", "location", "handler")
            given |= {name: found.shown[name] for name in keep if found.shown[name] is not None}
        self.lsk.new("document_version", given)

    def do_approve(self) -> None:
        found = self.paper
        if found is None or found.waiting is None or found.decider is None:
            self.app.notify("Ingen version väntar på beslut. Tryck n för att börja på nästa.", severity="warning")
            return
        who, waiting = found.decider, found.waiting
        if who.role is None and who.by_profile:
            words = f"Profilen säger att {who.name} beslutar, men ingen roll heter så. Lägg till rollen först."
            self.app.notify(words, severity="warning", markup=False)
            return

        def approved(number: str | None) -> None:
            if number is not None:
                self.wanted = waiting["id"]
                self.app.notify(number, markup=False)
                self.load()

        self.app.push_screen(Approve(found.title, waiting, who), approved)

    @work(exclusive=True, group="change")
    async def do_acknowledge(self) -> None:
        found, actor = self.paper, self.lsk.actor
        if found is None or found.shown is None:
            self.app.notify("Det finns ingen version att läsa ännu.", severity="warning")
            return
        version = found.shown
        with self.telling():
            await self.lsk.desk.ask(lambda store: acknowledge(store, version, actor))
            words = f"{actor} har läst version {version['version_number']}. Tryck u för att ångra."
            self.app.notify(words, markup=False)
            self.load()

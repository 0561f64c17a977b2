"""A page of the site made to stand on its own: relative links, and nothing left that needs a server."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

SCRIPT = "statisk/sok.js"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'"
LINKS = {"href", "src"}


class Alone(HTMLParser):
    """Copies a page tag by tag. ``file_of`` gives the file that an address of the site becomes.

    A page's form to choose in (``class="sok"``) becomes links, one for each choice of its first list. What is left of
    forms goes, and so do the links that sort and what is marked ``data-server``.
    """

    def __init__(self, address: str, file_of: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self.address, self.file_of = address, file_of
        self.here = posixpath.dirname(file_of(address))
        self.out: list[str] = []
        self.form = ""  # the address that the form we are in leads to
        self.choosing = False  # whether we are among the choices of its first list
        self.parameter = ""
        self.choices: list[tuple[str | None, str]] = []  # value, if it is not the words themselves, and words
        self.option = False
        self.unsorted = 0  # anchors left out whose end has not come
        self.left_out = ""  # the tag of what we are in that is left out

    def page(self, html: str) -> str:
        self.feed(html)
        self.close()
        return "".join(self.out)

    # --- tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.form = (given.get("action") or " ") if given.get("class") == "sok" else " "
            self.parameter, self.choices = "", []
        elif self.form:
            self.inside_form(tag, given)
        elif "data-server" in given:
            self.left_out = tag
        elif self.left_out:
            return
        elif tag == "a" and "nofollow" in (given.get("rel") or ""):
            self.unsorted += 1
        else:
            self.out.append(self.rebuilt(tag, attrs) if LINKS & set(given) else self.get_starttag_text() or "")
        if tag == "head":
            self.out.append(f'<meta http-equiv="content-security-policy" content="{POLICY}">')

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.form and not self.left_out:
            self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.out.append(self.as_links() if self.form.startswith("/") else "")
            self.form = ""
        elif self.form:
            self.choosing = self.choosing and tag != "select"
            self.option = self.option and tag != "option"
        elif self.left_out:
            self.left_out = "" if tag == self.left_out else self.left_out
        elif tag == "a" and self.unsorted:
            self.unsorted -= 1
        else:
            if tag == "head":
                self.out.append(f'<script src="{self.relative(SCRIPT)}" defer></script>')
            self.out.append(f"</{tag}>")

    def inside_form(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "select" and not self.parameter:
            self.choosing, self.parameter = True, given.get("name") or ""
        elif tag == "option" and self.choosing:
            self.option = True
            self.choices.append((given.get("value"), ""))

    # --- text

    def handle_data(self, data: str) -> None:
        self.text(data)

    def handle_entityref(self, name: str) -> None:
        self.text(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def text(self, data: str) -> None:
        if not self.form and not self.left_out:
            self.out.append(data)
        elif self.option:
            value, words = self.choices[-1]
            self.choices[-1] = (value, words + data)

    # --- addresses

    def rebuilt(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        written = (
            name if value is None else f'{name}="{escape(self.link(value) if name in LINKS else value)}"'
            for name, value in attrs
        )  # fmt: skip
        return f"<{tag} {' '.join(written)}>"

    def link(self, value: str) -> str:
        """Where a link leads in the copy; one that leads out, or within the page, is left as it is."""
        if value.startswith("?"):
            value = urlsplit(self.address).path + value
        if not value.startswith("/") or value.startswith("//"):
            return value
        address, hash_sign, place = value.partition("#")
        return self.relative(self.file_of(address)) + hash_sign + place

    def relative(self, file: str) -> str:
        return posixpath.relpath(file, self.here or ".")

    def as_links(self) -> str:
        """The choices of the form's first list as links; nothing where there is none."""
        found = [(unescape(words) if value is None else value, words.strip()) for value, words in self.choices]
        links = "".join(
            f'<li><a href="{escape(self.link(f"{self.form}?{urlencode({self.parameter: value})}"))}">{words}</a></li>'
            for value, words in found
            if value
        )
        return f'<nav aria-label="Välj"><ul class="vidare">{links}</ul></nav>' if links else ""

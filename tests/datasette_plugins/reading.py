"""A page of the site as a reader meets it."""

import re
from html.parser import HTMLParser

ENGLISH = re.compile(
    r"\b(rows?|powered by|datasette|view and edit|facets?|next page|download|export|search|apply|sort by|this data as|"
    r"advanced|records?|home|queries|error|not found|forbidden|custom sql|returning|hidden|where|none|null|true|false)"
    r"\b",
    re.IGNORECASE,
)
VOID = {"meta", "link", "input", "br", "path", "rect", "circle", "polyline"}


class Page(HTMLParser):
    """The visible words, the headings in order, links and labels."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.words, self.headings, self.links = html, [], [], []
        self.ids, self.labelled, self.inputs, self.open = [], set(), [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        if tag == "label":
            self.labelled.add(given["for"])
        if tag in ("input", "select"):
            self.inputs.append(given["id"])
        self.links += [given[name] for name in ("href", "src", "action") if name in given]
        self.words += [given[name] for name in ("aria-label", "title", "alt", "placeholder") if name in given]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if "pre" not in self.open:  # the SQL behind a question
            self.words.append(data)


def in_order(page: Page) -> bool:
    """One main heading first, no level skipped, every id once, every field with a label, everything closed."""
    steps = zip(page.headings, page.headings[1:], strict=False)
    return (
        page.headings[0] == 1
        and page.headings.count(1) == 1
        and all(after - before <= 1 for before, after in steps)
        and len(page.ids) == len(set(page.ids))
        and set(page.inputs) <= page.labelled
        and page.open == []
    )

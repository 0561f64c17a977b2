"""A report as one HTML page, with nothing fetched from elsewhere, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lsk.reports.document import (
    NOTHING,
    Contribution,
    Document,
    Numbered,
    cell,
    heading,
    is_number,
    paragraphs,
)
from lsk.reports.svg import drawing

STYLE = """body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b2226}
h1,h2,h3,h4,caption{color:#173f57}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}
dt{font-weight:bold}dd{margin:0}.bred{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;font-size:.9rem}
caption{text-align:left;font-weight:bold;padding:.3rem 0}th,td{border:1px solid #8a979e;padding:.2rem .5rem;
text-align:left;vertical-align:top}.tal{text-align:right}svg{max-width:100%;font-size:13px}
@media print{h2,h3,h4{break-after:avoid}tr,svg{break-inside:avoid}body{margin:0;max-width:none}}"""
COMPILED = "Enheternas rapporter"
ALL_HERE = "Alla enheters rapporter har kommit."


def page(document: Document) -> bytes:
    """The HTML page."""
    title = escape(document.title)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="sv"><head><meta charset="utf-8"><title>{title}</title>',
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>',
            f"<main><h1>{title}</h1>",
            *(["<p><strong>Utkast</strong></p>"] if document.draft else []),
            "<dl>",
            *(f"<dt>{escape(label)}</dt><dd>{escape(words)}</dd>" for label, words in document.facts),
            '</dl><nav aria-label="Innehåll"><ul>',
            *(f'<li><a href="#del{p.number}">{p.number}. {escape(p.heading)}</a></li>' for p in document.parts),
            *([f'<li><a href="#enheter">{COMPILED}</a></li>'] if document.compiles else []),
            "</ul></nav>",
            *page_parts(document),
            *page_compiled(document),
            "</main></body></html>\n",
        ]
    ).encode()


def page_parts(document: Document) -> Iterator[str]:
    for part in document.parts:
        yield f'<h2 id="del{part.number}">{part.number}. {escape(part.heading)}</h2>'
        yield from (f"<p>{escape(text)}</p>" for text in (*part.paragraphs, part.remark) if text)
        for table in part.tables:
            yield from page_table(table)
        for each in part.contributions:
            yield from page_contribution(each)


def page_table(table: Numbered) -> Iterator[str]:
    filled = table.filled
    if not filled.rows:
        yield f"<p><strong>Tabell {table.number}. {escape(table.caption)}</strong></p><p>{NOTHING}</p>"
        return
    styles = [' class="tal"' if is_number(filled.rows, place) else "" for place in range(len(filled.columns))]
    yield f'<div class="bred"><table><caption>Tabell {table.number}. {escape(table.caption)}</caption><thead><tr>'
    yield "".join(
        f'<th scope="col"{style}>{escape(heading(name))}</th>'
        for name, style in zip(filled.columns, styles, strict=True)
    )
    yield "</tr></thead><tbody>"
    for row in table.rows:
        cells = "".join(f"<td{style}>{escape(cell(v))}</td>" for v, style in zip(row, styles, strict=True))
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"
    if table.rest:
        yield f"<p>{escape(table.rest)}</p>"
    if bars := filled.bars:
        yield drawing(f"d{table.number}", f"Diagram till tabell {table.number}", bars, filled.series)


def page_compiled(document: Document) -> Iterator[str]:
    if not document.compiles:
        return
    yield f'<h2 id="enheter">{COMPILED}</h2>'
    if document.missing:
        yield f"<p>Saknas:</p><ul>{''.join(f'<li>{escape(unit)}</li>' for unit in document.missing)}</ul>"
    else:
        yield f"<p>{ALL_HERE}</p>"
    for each in document.contributions:
        yield from page_contribution(each)


def page_contribution(each: Contribution) -> Iterator[str]:
    yield f"<h3>{escape(each.title)}</h3>"
    if each.placement:
        yield f"<p>Plats: {escape(each.placement)}</p>"
    for head, text in each.sections:
        yield f"<h4>{escape(head)}</h4>"
        yield from (f"<p>{escape(piece)}</p>" for piece in paragraphs(text))


# --- Markdown --------------------------------------------------------------------------------------------------------


def markdown(document: Document) -> bytes:
    """The same as Markdown, without drawings."""
    blocks = [f"# {plain(document.title)}", *(["**Utkast**"] if document.draft else [])]
    blocks.append("\n".join(f"- **{label}:** {plain(words)}" for label, words in document.facts))
    for part in document.parts:
        blocks.append(f"## {part.number}. {plain(part.heading)}")
        blocks += [plain(text) for text in (*part.paragraphs, part.remark) if text]
        for table in part.tables:
            blocks += marked_table(table)
        blocks += [block for each in part.contributions for block in marked_contribution(each)]
    if document.compiles:
        blocks.append(f"## {COMPILED}")
        missing = "\n".join(f"- {plain(unit)}" for unit in document.missing)
        blocks += ["Saknas:", missing] if missing else [ALL_HERE]
        blocks += [block for each in document.contributions for block in marked_contribution(each)]
    return ("\n\n".join(blocks) + "\n").encode()


def marked_table(table: Numbered) -> list[str]:
    filled = table.filled
    caption = f"**Tabell {table.number}. {plain(table.caption)}**"
    if not filled.rows:
        return [caption, NOTHING]
    right = [is_number(filled.rows, place) for place in range(len(filled.columns))]
    lines = [[heading(name) for name in filled.columns], ["---:" if r else "---" for r in right]]
    lines += [[plain(cell(value)) for value in row] for row in table.rows]
    rest = [table.rest] if table.rest else []
    return [caption, "\n".join(f"| {' | '.join(line)} |" for line in lines), *rest]


def marked_contribution(each: Contribution) -> list[str]:
    said = [f"### {plain(each.title)}", *([f"Plats: {plain(each.placement)}"] if each.placement else [])]
    for head, text in each.sections:
        said += [f"#### {plain(head)}", *(plain(piece) for piece in paragraphs(text))]
    return said


def plain(text: str) -> str:
    """A text that Markdown is not to read anything into."""
    return "".join("\\" + sign if sign in "\\`*_[]<>|#" else sign for sign in text)

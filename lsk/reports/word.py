"""A report as a Word file: real styles, a table of contents, numbered captions, words for those who do not see.

The same document gives the same bytes: no clock, no chance, and nothing packed, since programs pack differently.
"""

from __future__ import annotations

import copy
import io
import zipfile
from datetime import datetime, time
from typing import Any

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from lsk.reports.document import (
    NOTHING,
    Contribution,
    Document,
    Numbered,
    Part,
    cell,
    heading,
    is_number,
    paragraphs,
    told,
)
from lsk.reports.word_chart import add_chart

BLUE = RGBColor(0x17, 0x3F, 0x57)
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can tell
FONT = "Calibri"
PAGE = 16.0  # centimetres between the margins
SIZES = (9.0, 8.0, 7.0)  # points in a table
LETTERS = 84  # that a line of a table has room for, in a wide font of the largest size
BESIDE, BOLD = 3, 1.12  # letters' room for the edges of a cell; how much wider bold letters are
LONGEST_WORD, LONGEST_TEXT = 22, 60


def word(document: Document) -> bytes:
    """The whole .docx."""
    doc = new_document()
    set_up(doc, document)
    doc.add_paragraph(document.title, style="Title")
    if document.draft:
        doc.add_paragraph("Utkast", style="Subtitle")
    facts(doc, document.facts)
    contents(doc, document)
    for part in document.parts:
        write_part(doc, part)
    if document.compiles:
        compilation(doc, document)
    packed = io.BytesIO()
    doc.save(packed)
    return timeless(packed.getvalue())


def set_up(doc: Any, document: Document) -> None:
    """Page, language, styles, and what the file says of itself."""
    section = doc.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.3)
    for name, size, bold in (("Normal", 11, False), ("Title", 24, True), ("Heading 1", 15, True),
                             ("Heading 2", 12.5, True), ("Heading 3", 11, True), ("Caption", 9.5, True)):  # fmt: skip
        style = doc.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]
        fonts.set(qn("w:hAnsi"), FONT)
        style.font.color.rgb = None if name == "Normal" else BLUE
    doc.styles["Caption"].paragraph_format.keep_with_next = True
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "sv-SE")
    doc.styles["Normal"].element.get_or_add_rPr().append(language)
    doc.settings.element.find(qn("w:defaultTabStop")).addnext(OxmlElement("w:autoHyphenation"))
    made = datetime.combine(document.today, time())
    about = doc.core_properties
    about.title, about.author, about.last_modified_by = document.title, document.author, document.author
    about.created = about.modified = made
    about.language, about.comments, about.revision = "sv-SE", "", 1
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run(footer, f"{document.title} · sida ", size=8.5)
    instruction(footer, "PAGE", "1")


def run(paragraph: Paragraph, text: str, size: float | None = None, bold: bool = False) -> None:
    added = paragraph.add_run(text)
    added.bold = bold or None
    if size:
        added.font.size = Pt(size)


def field_mark(kind: str) -> Any:
    made = OxmlElement("w:r")
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    made.append(mark)
    return made


def instruction(paragraph: Paragraph, code: str, shown: str) -> None:
    """A field that Word works out, with what it shows until then."""
    paragraph._p.append(field_mark("begin"))
    paragraph._p.append(code_of(code))
    paragraph._p.append(field_mark("separate"))
    paragraph.add_run(shown)
    paragraph._p.append(field_mark("end"))


def code_of(code: str) -> Any:
    made = OxmlElement("w:r")
    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {code} "
    made.append(text)
    return made


def facts(doc: Any, told_facts: list[tuple[str, str]]) -> None:
    for label, words in told_facts:
        line = doc.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        run(line, f"{label}: ", bold=True)
        run(line, words)


# --- headings and contents -------------------------------------------------------------------------------------------


def titled(doc: Any, text: str, level: int, mark: str = "") -> None:
    """A heading; with a mark, one that the contents lead to."""
    made = doc.add_heading(text, level)
    if mark:
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), mark.removeprefix("_Toc"))
        start.set(qn("w:name"), mark)
        made._p.insert(1, start)
        made._p.append(end)


def contents(doc: Any, document: Document) -> None:
    """The headings as links. The field has no page numbers, so it is right before Word has worked it out."""
    doc.add_paragraph("Innehåll", style="Subtitle")
    entries = [(f"{part.number}. {part.heading}", mark_of(part.number)) for part in document.parts]
    if document.compiles:
        entries.append(("Enheternas rapporter", mark_of(0)))
    for place, (text, mark) in enumerate(entries):
        line = doc.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        if place == 0:
            line._p.append(field_mark("begin"))
            line._p.append(code_of('TOC \\o "1-1" \\h \\n'))
            line._p.append(field_mark("separate"))
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), mark)
        text_run = OxmlElement("w:r")
        words = OxmlElement("w:t")
        words.text = text
        text_run.append(words)
        link.append(text_run)
        line._p.append(link)
        if place == len(entries) - 1:
            line._p.append(field_mark("end"))


def mark_of(number: int) -> str:
    return f"_Toc{100 + number}"


# --- parts -----------------------------------------------------------------------------------------------------------


def write_part(doc: Any, part: Part) -> None:
    titled(doc, f"{part.number}. {part.heading}", 1, mark_of(part.number))
    for text in part.paragraphs:
        doc.add_paragraph(text)
    if part.remark:
        doc.add_paragraph(part.remark)
    for table in part.tables:
        write_table(doc, table)
    for each in part.contributions:
        contributed(doc, each)


def compilation(doc: Any, document: Document) -> None:
    titled(doc, "Enheternas rapporter", 1, mark_of(0))
    if document.missing:
        doc.add_paragraph("Saknas:")
        for unit in document.missing:
            doc.add_paragraph(unit, style="List Bullet")
    else:
        doc.add_paragraph("Alla enheters rapporter har kommit.")
    for each in document.contributions:
        contributed(doc, each)


def contributed(doc: Any, each: Contribution) -> None:
    """Another unit's report, as that unit wrote it."""
    titled(doc, each.title, 2)
    if each.placement:
        run(doc.add_paragraph(), f"Plats: {each.placement}", size=9.5)
    for head, text in each.sections:
        titled(doc, head, 3)
        for piece in paragraphs(text):
            doc.add_paragraph(piece)


# --- tables ----------------------------------------------------------------------------------------------------------


def write_table(doc: Any, table: Numbered) -> None:
    caption = doc.add_paragraph(style="Caption")
    caption.paragraph_format.space_before = Pt(8)
    run(caption, "Tabell ")
    instruction(caption, "SEQ Tabell \\* ARABIC", str(table.number))
    run(caption, f". {table.caption}")
    filled = table.filled
    if not filled.rows:
        doc.add_paragraph(NOTHING)
        return
    made = doc.add_table(rows=1, cols=len(filled.columns), style="Table Grid")
    describe(made, table)
    size, widths = setting(filled.columns, filled.rows)
    for column, width in zip(made._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width
    right = [is_number(filled.rows, place) for place in range(len(filled.columns))]
    fill_row(made.rows[0], [heading(name) for name in filled.columns], right, widths, size, bold=True)
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    patterns: dict[bool, Any] = {}  # a row is made once, and the others after it, which is many times as fast
    for row in table.rows:
        bold, texts = row[0] == "Summa", [cell(value) for value in row]
        if bold in patterns:
            made._tbl.append(like(patterns[bold], texts))
        else:
            added = made.add_row()
            fill_row(added, texts, right, widths, size, bold)
            patterns[bold] = added._tr
    after = doc.add_paragraph()
    after.paragraph_format.space_after = Pt(4)
    if table.rest:
        run(after, table.rest, size=9.5)
    if bars := filled.bars:
        name = f"Diagram till tabell {table.number}"
        add_chart(doc, table.number, name, told(bars, filled.series), bars, filled.series)


def fill_row(row: Any, texts: list[str], right: list[bool], widths: list[Cm], size: float, bold: bool) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, text in enumerate(texts):
        box = row._tr.tc_lst[place]
        box.width = widths[place]
        paragraph = Paragraph(box.p_lst[0], row)
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.keep_with_next = (bold and place == 0) or None  # a heading is not left alone
        run(paragraph, text, size=size, bold=bold)
        if right[place]:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def like(row: Any, texts: list[str]) -> Any:
    """A row of the same looks, with other texts."""
    made = copy.deepcopy(row)
    for text, words in zip(made.iter(qn("w:t")), texts, strict=True):
        text.text = words
    return made


def describe(table: Any, numbered: Numbered) -> None:
    """A table's name and description, for screen readers; and columns as wide as said."""
    properties = table._tbl.tblPr
    table.autofit = False
    columns = ", ".join(heading(name) for name in numbered.filled.columns)
    for tag, text in (("tblCaption", numbered.caption), ("tblDescription", f"Kolumner: {columns}.")):
        properties.append(parse_xml(f"<w:{tag} {nsdecls('w')}/>"))
        properties[-1].set(qn("w:val"), text)


def setting(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> tuple[float, list[Cm]]:
    """The size of the letters, the largest in which every word is whole, and the widths of the columns.

    First the longest word of each column, then what is left of the line where the texts are long. Where words are too
    long for the smallest letters too, the longest give way, so that headings of a word stay whole.
    """
    words, usual = [], []
    for place, name in enumerate(columns):
        texts = [cell(row[place]) for row in rows[:200]]
        bold = max(len(piece) for piece in heading(name).split()) * BOLD
        words.append(max([bold, *(len(piece) for text in texts for piece in text.split())]))
        usual.append(sorted(len(text) for text in [heading(name), *texts])[(len(texts) + 1) * 9 // 10])
    for size in SIZES:
        room, beside = LETTERS * SIZES[0] / size, BESIDE * SIZES[0] / size
        if sum(words) + beside * len(words) <= room:
            break
    for longest in range(LONGEST_WORD, 0, -1):
        least = [min(word, longest) + beside for word in words]
        if sum(least) <= room:
            break
    more = [max(min(n, LONGEST_TEXT) + beside - least[place], 0) for place, n in enumerate(usual)]
    left = max(room - sum(least), 0) / max(sum(more), 1)
    needs = [least[n] + left * more[n] for n in range(len(columns))]
    return size, [Cm(PAGE * need / sum(needs)) for need in needs]


def timeless(packed: bytes) -> bytes:
    """The same files, stored as they are and dated the first day of all."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            new.writestr(zipfile.ZipInfo(name, EARLIEST), old.read(name))
    return out.getvalue()

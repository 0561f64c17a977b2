"""Bars in a Word file as Word's own chart: sharp, with the reader's fonts, and the same bytes on every computer.

A picture would need a font of ours to look the same everywhere; a chart is drawn by the program that shows it.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm

from lsk.reports.document import heading

CONTENT = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
WIDTH = Cm(16)
LOWEST, STEP = 2.6, 0.85  # centimetres: without bars, and for each name
FILLS = (
    '<a:solidFill><a:srgbClr val="1F6A94"/></a:solidFill>',
    '<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="6A4503"/></a:fgClr>'
    '<a:bgClr><a:srgbClr val="E0A63A"/></a:bgClr></a:pattFill>',
)
EDGE = '<a:ln w="9525"><a:solidFill><a:srgbClr val="33424C"/></a:solidFill></a:ln>'

Bars = list[tuple[str, tuple[float, ...]]]


def add_chart(doc: Any, number: int, name: str, words: str, bars: Bars, series: tuple[str, ...]) -> None:
    """Lying bars in a paragraph of their own. ``words``: the numbers, for those who do not see them."""
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT, chart(bars, series).encode(), doc.part.package)
    relation = doc.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    tall = Cm(LOWEST + STEP * len(bars))
    drawing = parse_xml(
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'{SPACES}><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{WIDTH}" cy="{tall}"/>'
        f'<wp:docPr id="{1000 + number}" name={quoteattr(name)} descr={quoteattr(words)}/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    doc.add_paragraph().add_run()._r.append(drawing)


def chart(bars: Bars, series: tuple[str, ...]) -> str:
    """The chart with its numbers; the first name is uppermost."""
    each = "".join(one_series(bars, place, name) for place, name in enumerate(series))
    quiet = '<a:ln w="6350"><a:solidFill><a:srgbClr val="BBBBBB"/></a:solidFill></a:ln>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {SPACES}><c:lang val="sv-SE"/>'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{each}<c:gapWidth val="45"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/>'
        '<c:crosses val="autoZero"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="t"/><c:majorGridlines><c:spPr>{quiet}</c:spPr></c:majorGridlines>'
        '<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="high"/><c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx></c:plotArea>'
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend><c:plotVisOnly val="1"/></c:chart>'
        '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr><a:endParaRPr lang="sv-SE"/></a:p></c:txPr>'
        "</c:chartSpace>"
    )


def one_series(bars: Bars, place: int, name: str) -> str:
    count = f'<c:ptCount val="{len(bars)}"/>'
    names = "".join(f'<c:pt idx="{n}"><c:v>{escape(label)}</c:v></c:pt>' for n, (label, _) in enumerate(bars))
    values = "".join(f'<c:pt idx="{n}"><c:v>{found[place]}</c:v></c:pt>' for n, (_, found) in enumerate(bars))
    labels = '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:v>{escape(heading(name))}</c:v></c:tx>'
        f'<c:spPr>{FILLS[place % len(FILLS)]}{EDGE}</c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls>{labels}<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strLit>{count}{names}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>0</c:formatCode>{count}{values}</c:numLit></c:val></c:ser>"
    )

"""The words in which what is published is declared. Data only; ``build`` reads them."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from lsk.model.vocabulary import Publish

ALL = "alla"  # the row that sums the others
SMALLEST_RATE = 21  # what a share must be a share of, to be shown
SMALLEST_SURVEY = 10  # answers to a survey, to be shown


@dataclass(frozen=True)
class Column:
    """A published column: name, heading, and the declared fields (entity.field) it is made from.

    ``kind``: text · date · number (whole) · decimal · share (per cent) · order (a number that is read as a name: year,
    quarter) · key (the mark that a record has in what is published, and nowhere else). ``unit``: of a number, where
    the heading does not say it. ``base``: the column of the same table that holds how many the number is taken
    from; when those are fewer than ``least`` the number is hidden.
    """

    name: str
    title: str
    sources: str = ""  # a space between
    _: KW_ONLY
    kind: str = "text"
    description: str = ""
    unit: str = ""
    base: str = ""
    least: int = 0

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        return tuple((s.partition(".")[0], s.partition(".")[2]) for s in self.sources.split())


def number(name: str, title: str, sources: str = "", description: str = "") -> Column:
    return Column(name, title, sources, kind="number", description=description)


def order(name: str, title: str, sources: str = "") -> Column:
    return Column(name, title, sources, kind="order")


def decimal(name: str, title: str, sources: str = "", description: str = "", unit: str = "") -> Column:
    return Column(name, title, sources, kind="decimal", description=description, unit=unit)


def share(
    name: str, title: str, sources: str = "", description: str = "", *, base: str = "", least: int = SMALLEST_RATE
) -> Column:
    return Column(name, title, sources, kind="share", description=description, unit="procent", base=base, least=least)


def key(name: str, title: str) -> Column:
    """The mark of a record: the end of its id, which leads nowhere outside what is published."""
    return Column(name, title, kind="key")


def keyed(alias: str) -> str:
    """SQL for the mark of the record ``alias``."""
    return f"substr({alias}.id, -12)"


def day(name: str, title: str, sources: str = "", description: str = "") -> Column:
    return Column(name, title, sources, kind="date", description=description)


@dataclass(frozen=True)
class Table:
    """A published table: one SELECT over the main file (``:today`` is the day of publication).

    The SELECT gives the columns in order. It may give ``_ref`` last: the record's reference, never written, only
    named when the personal-data stop finds something. ``through`` lists fields that decide which rows there are or
    join them, and whose values do not come out; everything else read must be a source that may be published.
    ``grain``: what one row is. ``indexes``: what the site's pages look rows up by, each a list of columns.
    """

    name: str
    title: str
    description: str
    level: Publish
    columns: tuple[Column, ...]
    sql: str
    _: KW_ONLY
    entity: str = ""
    through: str = ""
    grain: str = ""
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cube:
    """A table of counts of what has happened to people: protected, with every other such table, against small numbers.

    ``by`` are its dimensions of the facts, ``total`` those that get a row for all (a space between). ``measures`` count
    the facts, or those that have a mark (a column of the facts that is 0 or 1). ``only`` keeps the facts of one value.
    ``grain``: what one row is.
    """

    name: str
    title: str
    description: str
    level: Publish
    by: tuple[Column, ...]
    measures: tuple[tuple[Column, str], ...]
    _: KW_ONLY
    total: str = ""
    only: tuple[str, str] = ("", "")
    grain: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.by, *(column for column, _ in self.measures))

    @property
    def totals(self) -> tuple[str, ...]:
        return tuple(self.total.split())

"""The words in which everything LSK holds is declared.

A declaration is data: no function here touches a database or a screen. What follows from a
declaration (table, form, list, CSV, log, dictionary) is made by the modules that read it.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import ClassVar


class Personal(StrEnum):
    """What a field may reveal about a person."""

    NO = "nej"
    WORK = "tjänst"  # an employee or an elected person, in that capacity
    RISK = "fritext"  # free text in which somebody may come to name a client


class Publish(StrEnum):
    """How far a field may travel. Silence means: stays in the file."""

    NO = "intern"
    COMMITTEE = "nämnd"
    OPEN = "öppen"


@dataclass(frozen=True)
class Field:
    """One fact about a record, and one column in its table.

    ``required`` refuses an empty value. ``personal`` and ``publish`` say what may be shown to whom.
    ``listed`` puts it in lists. ``requirement`` names the ids it answers to. ``was``: the name it had when it was
    first declared, if it has been renamed; logs and older programs know it by that.
    """

    name: str
    _: KW_ONLY
    required: bool = False
    personal: Personal = Personal.NO
    publish: Publish = Publish.NO
    listed: bool = False
    requirement: str = ""
    was: str = ""
    sql_type: ClassVar[str] = "TEXT"
    stored: ClassVar[bool] = True


@dataclass(frozen=True)
class Text(Field):
    """Words. ``long`` gives a text area; a ``sorted`` text gets a Swedish sort key."""

    _: KW_ONLY
    long: bool = False
    sorted: bool = False


class Date(Field):
    """A day, ISO ``YYYY-MM-DD``."""


@dataclass(frozen=True)
class Integer(Field):
    """A whole number within bounds."""

    _: KW_ONLY
    minimum: int | None = None
    maximum: int | None = None
    sql_type: ClassVar[str] = "INTEGER"


class Decimal(Field):
    """An exact decimal number, kept as text with a point: money and outcomes. Compared in SQL as REAL."""


class Flag(Field):
    """Yes (1) or no (0); NULL is "not known" and shown as –."""

    sql_type: ClassVar[str] = "INTEGER"


@dataclass(frozen=True)
class Choice(Field):
    """One word of a list: fixed here (``values``), or the municipality's own (``values_from``)."""

    _: KW_ONLY
    values: tuple[str, ...] = ()
    values_from: str = ""
    default: str | None = None


@dataclass(frozen=True)
class Ref(Field):
    """Another record, by foreign key."""

    to: str = ""


@dataclass(frozen=True)
class AnyRef(Field):
    """A record of any of several kinds, by id alone: ids are unique over all tables."""

    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order(Field):
    """Place among the siblings that share ``within``; a fractional key, so offline inserts never collide."""

    _: KW_ONLY
    within: str = ""


@dataclass(frozen=True)
class Computed(Field):
    """A value that follows from others: an SQL expression over the row ``t``. Never stored, so never stale."""

    sql: str = ""
    stored: ClassVar[bool] = False


@dataclass(frozen=True)
class Workflow:
    """The steps of a record's life in order, and the ones that end it.

    ``aside`` are ways off the main line (avslagen). ``stamps`` name the date that a step fills in.
    """

    steps: tuple[str, ...]
    final: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    stamps: tuple[tuple[str, str], ...] = ()

    @property
    def first(self) -> str:
        return self.steps[0]


@dataclass(frozen=True)
class Moved:
    """A column that has become a field of another kind of record, which has one record for each old row.

    ``was``: its permanent name, entity.field (what both were first called). ``to`` and ``field``: where it is now.
    ``by``: the Ref of ``to`` that names the old row, and alone makes its identity. The main file carries the values
    over: those it has, and those that older programs go on writing. Only a column that may be empty can be moved.
    """

    was: str
    to: str
    field: str
    by: str


SHARED = "shared"
UNIT = "unit"


@dataclass(frozen=True)
class Entity:
    """One kind of record.

    ``code`` stands in its references (HTN-AVV-26-014). ``scope`` says whose it is: SHARED (the main
    file's), UNIT (its own ``unit`` column, empty = the main file's) or the name of a Ref whose owner it follows.
    ``identity`` lists the fields that make a computed record: its id is derived from them.
    ``unique`` lists groups of fields that should not be repeated; a repeat is refused here and a finding after a merge.
    ``year_by`` is the date that decides which year's export a record belongs to.
    ``was``: the name it had when it was first declared, if it has been renamed.
    """

    name: str
    code: str
    fields: tuple[Field, ...]
    _: KW_ONLY
    scope: str = SHARED
    title: str = "name"
    workflow: Workflow | None = None
    identity: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    year_by: str = ""
    requirement: str = ""
    was: str = ""
    area: str = field(default="", compare=False)

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """Every declared field, the status of the workflow first among them."""
        if self.workflow is None:
            return self.fields
        status = Choice(
            "status",
            required=True,
            values=self.workflow.steps,
            default=self.workflow.first,
            publish=Publish.COMMITTEE,
            listed=True,
        )
        return (*self.fields, status)

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that are stored."""
        return tuple(f for f in self.all_fields if f.stored)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of everything that can be written, id and reference among them."""
        return frozenset(("id", "ref", *(f.name for f in self.columns)))

    @cached_property
    def defaults(self) -> dict[str, str]:
        """What a new record has before anybody fills it in."""
        return {f.name: f.default for f in self.columns if isinstance(f, Choice) and f.default is not None}

    def field(self, name: str) -> Field:
        for f in self.all_fields:
            if f.name == name:
                return f
        raise KeyError(f"{self.name}.{name}")

    @property
    def tree(self) -> bool:
        """Whether records of this kind lie under each other."""
        return any(isinstance(f, Ref) and f.name == "parent" and f.to == self.name for f in self.fields)

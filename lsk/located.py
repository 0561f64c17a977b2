"""YAML in which everything knows where it stands, so that a fault can be told by line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

EMPTY = ("", "null", "~")
MOST = 200_000  # scalars and lists; more is not a profile but an alias repeated until memory ends


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong, and where: line and column from 1."""

    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"rad {self.line}, kolumn {self.column}: {self.text}"


class At(str):
    """A text with its place."""

    place: tuple[int, int]


class Map(dict[str, Any]):
    """A mapping with its place; its keys know theirs too."""

    place: tuple[int, int]


class Seq(list[Any]):
    """A list with its place."""

    place: tuple[int, int]


def place(thing: Any) -> tuple[int, int]:
    """Line and column of anything that was read here; the beginning for anything else."""
    return getattr(thing, "place", (1, 1))


def at(thing: Any, text: str) -> Fault:
    """A fault where ``thing`` stands."""
    return Fault(*place(thing), text)


def read(text: str) -> tuple[Any, list[Fault]]:
    """The data, every scalar as text, and what is wrong with how it is written."""
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = "Titta efter ett indrag, ett kolon, ett citattecken eller en parentes som saknas."
        return None, [Fault(*spot(text, mark.index if mark else 0), f"är inte rätt skriven YAML. {hint}")]
    except yaml.YAMLError as error:
        where = spot(text, getattr(error, "position", 0))
        return None, [Fault(*where, "är inte rätt skriven YAML: ett tecken som inte får finnas.")]
    reading = Reading()
    return (reading.plain(root) if root is not None else None), reading.faults


def spot(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character; of the last one for what goes on past the end."""
    before = text[: min(index, max(len(text.rstrip()) - 1, 0))]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class Reading:
    """Nodes as Map, Seq and At, and the faults found on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.count = 0
        self.within: set[int] = set()

    def plain(self, node: yaml.Node) -> Any:
        import yaml

        where = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.count += 1
        if isinstance(node, yaml.ScalarNode):
            return placed(At(node.value), where)
        if id(node) in self.within or self.count > MOST:
            self.faults.append(
                Fault(*where, "en hänvisning med & och * upprepar sig själv. Skriv ut texten i stället.")
            )
            return placed(At(""), where)
        self.within.add(id(node))
        found = self.sequence(node) if isinstance(node, yaml.SequenceNode) else self.mapping(node)
        self.within.remove(id(node))
        return placed(found, where)

    def sequence(self, node: yaml.SequenceNode) -> Seq:
        return Seq(self.plain(child) for child in node.value)

    def mapping(self, node: yaml.Node) -> Map:
        """A second key of the same name would silently win: it is a fault."""
        found = Map()
        for key_node, value_node in node.value:
            key, value = self.plain(key_node), self.plain(value_node)
            if not isinstance(key, At):
                self.faults.append(at(key, "före kolonet ska det stå ett ord, inte en lista."))
            elif key in found:
                self.faults.append(at(key, f"{key} står två gånger på samma ställe. Behåll den ena."))
            else:
                found[key] = value
        return found


def placed(thing: Any, where: tuple[int, int]) -> Any:
    thing.place = where
    return thing

"""Rules for the app's own code: what is headless stays so, Textual's insides in one file, keys, the key sheet."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static, TextArea, Tree

import lsk_tui
from lsk_tui import actions, keysheet

HOUSE = Path(lsk_tui.__file__).parent
MODULES = sorted(HOUSE.rglob("*.py"))
SHEET = HOUSE.parent / "docs" / "tangenter.md"

# These draw, or are about keys; all else directly under lsk_tui is worked out without a screen.
WITH_SCREEN = {
    "app",
    "actions",
    "browser_driver",
    "in_turn",
    "keysheet",
    "plain_text",
    "textual_inside",
    "theme",
    "trail",
}
INSIDE = "textual_inside.py"

# Parts of Textual that show English words of their own, and have an equal here.
SPEAKS_ENGLISH = {"Select", "Footer", "DirectoryTree", "CommandPalette", "HelpPanel", "KeyPanel", "Log", "Welcome"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__")


def classes() -> Iterator[type]:
    for path in MODULES:
        if path.name != "__main__.py":
            module = importlib.import_module(name_of(path))
            yield from (kind for kind in vars(module).values() if isinstance(kind, type))


def all_bindings() -> dict[tuple[str, str], list[Binding]]:
    """What every class of the app binds itself, by module and class."""
    found = {}
    for kind in classes():
        if kind.__module__.startswith("lsk_tui") and "BINDINGS" in vars(kind):
            own = [b if isinstance(b, Binding) else Binding(*b) for b in vars(kind)["BINDINGS"]]
            found[kind.__module__, kind.__name__] = own
    return found


def test_no_key_is_one_that_a_terminal_or_a_swedish_keyboard_takes() -> None:
    bound = [(where, key) for where, own in all_bindings().items() for b in own for key in b.key.split(",")]
    bound += [(("actions", a.name), key) for a in actions.ACTIONS for key in a.keys.split(",") if key]
    assert len(bound) > 100
    assert [(where, key) for where, key in bound if actions.forbidden(key.strip())] == []


@pytest.mark.parametrize("key", ["ctrl+i", "ctrl+shift+p", "ctrl+shift+x", "alt+left", "f11", "at", "@", "ctrl+comma"])
def test_the_rule_of_keys_can_fail(key: str) -> None:
    assert actions.forbidden(key)


def test_the_key_sheet_is_not_stale() -> None:
    assert SHEET.read_text(encoding="utf-8") == keysheet.sheet(), "stale: run `make dictionary`"


def test_the_key_sheet_has_every_action() -> None:
    rows = [line for line in keysheet.sheet().splitlines() if line.startswith("| ")]
    for action in actions.ACTIONS:
        assert any(f"| {action.words} | {action.help} |" in row for row in rows), action.name


def headless() -> list[str]:
    direct = [path.stem for path in HOUSE.glob("*.py") if path.stem not in ("__init__", "__main__")]
    return [f"lsk_tui.{name}" for name in direct if name not in WITH_SCREEN] + ["lsk_tui.pictures"]


def loaded(names: list[str]) -> set[str]:
    code = (
        f"import sys\nfor name in {names!r}: __import__(name)\nprint(*{{m.partition('.')[0] for m in sys.modules}} & "
        "{'textual', 'rich'})"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=HOUSE.parent, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_what_is_shown_is_worked_out_without_a_screen() -> None:
    names = headless()
    assert {"lsk_tui.pages", "lsk_tui.agenda", "lsk_tui.sheet", "lsk_tui.lookup", "lsk_tui.words"} <= set(names)
    assert loaded(names) == set()


def test_the_rule_of_the_headless_can_fail() -> None:
    assert "textual" in loaded(["lsk_tui.trail"])


def insides() -> set[str]:
    """The names that Textual keeps to itself."""
    kinds = (App, Screen, Static, Input, TextArea, Tree, OptionList)
    return {name for kind in kinds for name in dir(kind) if name.startswith("_") and not name.startswith("__")}


def leaning(source: str, private: set[str]) -> list[str]:
    """Uses of another's private names in a module."""
    tree = ast.parse(source)
    own = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            mine = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if (not mine and node.attr not in own) or (mine and node.attr in private):
                found.append(f"{node.lineno}: {node.attr}")
        if isinstance(node, ast.ImportFrom) and re.search(r"^textual.*\._", node.module or ""):
            found.append(f"{node.lineno}: {node.module}")
    return found


def test_what_textual_keeps_to_itself_is_used_in_one_file() -> None:
    private = insides()
    found = {path.name: leaning(path.read_text(encoding="utf-8"), private) for path in MODULES if path.name != INSIDE}
    assert {name: uses for name, uses in found.items() if uses} == {}
    assert leaning((HOUSE / INSIDE).read_text(encoding="utf-8"), private)


@pytest.mark.parametrize(
    ("source", "clean"),
    [
        ("app._driver.write('x')", False),
        ("class A(App):\n    def f(self): return self._screen_stack", False),
        ("from textual._doc import x", False),
        ("class A:\n    def f(self): return self._mine", True),
        ("class A:\n    def _f(self): return other._f()", True),
    ],
)
def test_the_rule_of_the_insides_can_fail(source: str, clean: bool) -> None:
    assert (leaning(source, insides()) == []) is clean


def english_parts(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual"):
            names = {alias.name for alias in node.names}
            found += sorted(names & SPEAKS_ENGLISH) + [node.module] * (node.module == "textual.validation")
    return [name for name in found if name]


def test_no_part_of_textual_that_speaks_english_is_shown() -> None:
    assert {path.name: use for path in MODULES if (use := english_parts(path.read_text(encoding="utf-8")))} == {}
    assert english_parts("from textual.widgets import Select") and english_parts(
        "from textual.validation import Length"
    )


def test_no_key_is_described_in_english() -> None:
    english = re.compile(r"\b(the|to|quit|close|open|next|previous|cursor|page|select|up|down|help|search)\b", re.I)
    words = [b.description for own in all_bindings().values() for b in own]
    words += [text for a in actions.ACTIONS for text in (a.words, a.help)]
    assert [text for text in words if english.search(text)] == []

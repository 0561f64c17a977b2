"""The rules of the house that no type checker holds (docs/architecture.md).

Each rule is a function from source text to complaints, so that it can be shown a small offence and seen to fail.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PACKAGES = ("lsk", "lsk_tui", "sync", "datasette_plugins", "sample_db")
MODULES = sorted(path for package in PACKAGES for path in (TOP / package).rglob("*.py"))
MAX_LINES = 400

MAY_IMPORT = {
    "lsk": set(),
    "sync": {"lsk"},
    "datasette_plugins": {"lsk"},
    "lsk_tui": {"lsk", "sync"},
    "sample_db": {"lsk", "sync"},
}

POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "readline", "syslog", "posix"}
POSIX_NAMES = {
    "os.fork",
    "os.getuid",
    "os.geteuid",
    "os.getgid",
    "os.uname",
    "os.mkfifo",
    "os.killpg",
    "os.setsid",
    "signal.SIGKILL",
    "signal.SIGALRM",
    "signal.alarm",
}
IMPORTERS = {"__import__", "import_module", "importlib.import_module"}
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
PATH_TEXT = {"read_text": 0, "write_text": 1}  # method of pathlib.Path -> place of ``encoding`` among the arguments
POSIX_PATH = re.compile(r"/(tmp|dev|proc|etc|var)(/|$)")

# Written in pieces, so that this file does not find itself.
HOMES = "|".join(("home/[a-z]", "Users/[A-Za-z]", "work" + "/", "root" + "/", "private/" + "tmp"))
MACHINE_PATH = re.compile(rf"(?<![\w.~*-])/(?:{HOMES})|\b[A-Za-z]:\\+Users\\+")

# A headless user, and a script that asks for help, must not pay for what they do not use.
HEADLESS = {"textual", "datasette", "rich"}
NOT_AT_START = {"sqlite_utils", "yaml", "textual", "datasette", "tabulate", "rich", "holidays", "dateutil"}


# --- the rules -------------------------------------------------------------------------------------------------


def imported(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, those within functions too; relative ones are of ``package``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, package if node.level else str(node.module)
        elif isinstance(node, ast.Call) and dotted(node.func) in IMPORTERS:
            yield from ((node.lineno, text_of(arg)) for arg in node.args[:1] if text_of(arg))


def import_offences(source: str, package: str) -> list[str]:
    forbidden = set(PACKAGES) - MAY_IMPORT[package] - {package}
    found = imported(ast.parse(source), package)
    return [f"{line}: {package} imports {name}" for line, name in found if name.partition(".")[0] in forbidden]


def windows_offences(source: str, package: str = "lsk") -> list[str]:
    """What works on this machine and not on a unit manager's Windows laptop."""
    tree = ast.parse(source)
    found = [(n, f"imports {name}") for n, name in imported(tree, package) if name.partition(".")[0] in POSIX_MODULES]
    documented = set(docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += [(node.lineno, why) for why in call_offences(node)]
        elif isinstance(node, ast.Attribute) and dotted(node) in POSIX_NAMES:
            found.append((node.lineno, f"{dotted(node)} is POSIX only"))
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            found += [(node.lineno, f"imports {name}") for name in names if name in POSIX_NAMES | SHELLS]
        elif isinstance(node, ast.Constant) and node not in documented and POSIX_PATH.match(text_of(node)):
            found.append((node.lineno, f"the path {node.value!r} is POSIX only"))
    return [f"{line}: {why}" for line, why in sorted(found)]


def call_offences(call: ast.Call) -> Iterator[str]:
    name = dotted(call.func)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    shell = given.get("shell")
    if name in SHELLS or (shell is not None and not (isinstance(shell, ast.Constant) and shell.value is False)):
        yield "runs a shell"
    if opens_text(call, name, given) and "encoding" not in given:
        yield f"{name or 'open'}() without encoding="


def opens_text(call: ast.Call, name: str, given: dict[str | None, ast.expr]) -> bool:
    """Whether a call opens a file as text; ``path.open()`` as well, but not ``Store.open(path)`` and its like."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in PATH_TEXT:
        return len(call.args) <= PATH_TEXT[method]
    if name in ("open", "io.open", "os.fdopen", "gzip.open", "bz2.open", "lzma.open"):
        mode = given.get("mode", call.args[1] if len(call.args) > 1 else None)
        # Compressed files are opened as bytes when nothing is said, plain ones as text.
        unsaid = "rb" if name.partition(".")[0] in ("gzip", "bz2", "lzma") else "r"
    elif method == "open" and (is_mode(given.get("mode")) or (not call.args and not given) or is_mode(first(call))):
        mode = given.get("mode", first(call))
        unsaid = "r"
    else:
        return False
    said = text_of(mode) if mode is not None else unsaid
    return "b" not in said and ("t" in said or unsaid == "r")


def is_mode(node: ast.expr | None) -> bool:
    return node is not None and re.fullmatch(r"[rwaxbt+]{1,3}", text_of(node)) is not None


def first(call: ast.Call) -> ast.expr | None:
    return call.args[0] if call.args else None


def text_of(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def dotted(node: ast.AST) -> str:
    """``os.path.join`` as text; "" for what is not a plain chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def machine_offences(text: str) -> list[str]:
    """Lines that name a folder on somebody's own machine."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"{number}: {line.strip()[:100]}" for number, line in lines if MACHINE_PATH.search(line)]


def length_offences(source: str) -> list[str]:
    count = len(source.splitlines())
    return [f"{count} lines, {MAX_LINES} is too many"] if count >= MAX_LINES else []


# --- the rules hold --------------------------------------------------------------------------------------------


def offences(rule: Callable[[str, str], list[str]]) -> list[str]:
    found = []
    for path in MODULES:
        place = path.relative_to(TOP)
        found += [f"{place}:{why}" for why in rule(path.read_text(encoding="utf-8"), place.parts[0])]
    return found


def test_the_packages_are_there() -> None:
    assert {path.relative_to(TOP).parts[0] for path in MODULES} == set(PACKAGES)


def test_packages_import_only_what_they_may() -> None:
    assert offences(import_offences) == []


def test_nothing_in_the_packages_is_posix_only() -> None:
    assert offences(windows_offences) == []


def test_modules_are_short() -> None:
    assert offences(lambda source, _: length_offences(source)) == []


def ours() -> list[Path]:
    """Every file of the project but what .gitignore names; without git, so that an unpacked archive passes too."""
    ignored = [".git", *(TOP / ".gitignore").read_text(encoding="utf-8").split()]

    def kept(path: Path) -> bool:
        return not any(fnmatch(path.name, pattern.strip("/")) for pattern in ignored)

    files: list[Path] = []
    for folder, folders, names in os.walk(TOP):
        folders[:] = [name for name in folders if kept(Path(name))]
        files += [Path(folder, name) for name in names if kept(Path(name))]
    return files


def test_no_tracked_file_names_a_developer_machine() -> None:
    files = ours()
    assert Path(__file__) in files and TOP / "Makefile" in files
    found = []
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(TOP)}:{why}" for why in machine_offences(text)]
    assert found == []


# --- what an import drags in -----------------------------------------------------------------------------------


def loaded_by(modules: list[str], unwanted: set[str]) -> set[str]:
    """Which of ``unwanted`` a fresh Python has loaded after importing ``modules``."""
    code = f"import sys\nfor name in {modules!r}: __import__(name)\nprint(*sorted({unwanted!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def headless_modules() -> list[str]:
    """Every module of lsk and sync, but for the ones that are run and not imported."""
    places = [path.relative_to(TOP).with_suffix("") for path in MODULES if path.name != "__main__.py"]
    names = [".".join(place.parts).removesuffix(".__init__") for place in places]
    return [name for name in names if name.partition(".")[0] in ("lsk", "sync")]


def test_the_core_and_sync_know_no_screen_and_no_site() -> None:
    assert loaded_by(headless_modules(), HEADLESS) == set()


def test_the_command_starts_with_little() -> None:
    names = [name for name in ("lsk", "lsk.cli") if importlib.util.find_spec(name)]
    assert loaded_by(names, NOT_AT_START) == set()


def test_the_import_guard_can_fail() -> None:
    assert loaded_by(["tabulate"], NOT_AT_START) == {"tabulate"}


# --- the rules can fail ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "source", "allowed"),
    [
        ("lsk", "import sync", False),
        ("lsk", "def f():\n    from lsk_tui.app import App", False),
        ("lsk", "import importlib\nimportlib.import_module('datasette_plugins.site')", False),
        ("sync", "from sample_db import build", False),
        ("sync", "import lsk.store", True),
        ("datasette_plugins", "import sync", False),
        ("lsk_tui", "import lsk, sync.merge", True),
        ("lsk_tui", "import lsk, sample_db", False),
        ("sample_db", "from lsk_tui import app", False),
        ("lsk", "from . import store\nfrom .sync import x\nimport synchronise", True),
        ("lsk", "COMMANDS = {'sync': 'sync.commands:sync'}", True),
    ],
)
def test_the_import_rule_can_fail(package: str, source: str, allowed: bool) -> None:
    assert (import_offences(source, package) == []) is allowed


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "def f():\n    from termios import tcgetattr",
        "os.fork()",
        "uid = os.geteuid",
        "from os import getuid",
        "os.kill(pid, signal.SIGKILL)",
        "path = '/tmp/lsk.db'",
        "null = open('/dev/null', 'wb')",
        "open('x.csv')",
        "open('x.csv', 'w', newline='')",
        "open('x.csv', mode='a')",
        "Path('x').open()",
        "path.open('w')",
        "path.open(mode='r')",
        "Path('x').read_text()",
        "path.write_text(words)",
        "path.write_text(words, newline='')",
        "gzip.open('x.gz', 'rt')",
        "subprocess.run('dir', shell=True)",
        "subprocess.run('dir', shell=wanted)",
        "os.system('cls')",
        "from os import popen",
    ],
)
def test_the_windows_rule_can_fail(source: str) -> None:
    assert windows_offences(source)


@pytest.mark.parametrize(
    "source",
    [
        "open('x.csv', encoding='utf-8')",
        "open('x.db', 'rb')",
        "path.open('wb')",
        "path.open('w', encoding='utf-8')",
        "path.read_text('utf-8')",
        "path.read_text(encoding='utf-8')",
        "path.write_text(words, 'utf-8')",
        "path.write_text(words, encoding='utf-8')",
        "Store.open(path)",
        "Store.open(path, readonly=True)",
        "gzip.open('x.gz')",
        "webbrowser.open(address)",
        "subprocess.run(['git', 'status'])",
        "subprocess.run(command, shell=False)",
        "'''Never /tmp.'''",
        "def f():\n    '/tmp is not for us'",
        "address = '/development/plan'",
    ],
)
def test_the_windows_rule_lets_good_code_be(source: str) -> None:
    assert windows_offences(source) == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("see /" + "home/anna/lsk", False),
        ('path = "/' + 'Users/anna/lsk"', False),
        ("/" + "work/main/x", False),
        ("PATH=/" + "root/.pyenv", False),
        ("C:" + r"\Users\anna\lsk", False),
        ("file:///" + "home/anna/lsk.db", False),
        ("https://example.org/" + "work/x", True),
        ("docs/" + "work/plan.md and ~/" + "work/x", True),
        ("/" + "homepage", True),
    ],
)
def test_the_machine_rule_can_fail(text: str, clean: bool) -> None:
    assert (machine_offences(text) == []) is clean


def test_the_length_rule_can_fail() -> None:
    assert length_offences("x = 1\n" * MAX_LINES)
    assert length_offences("x = 1\n" * (MAX_LINES - 1)) == []


ALONE = """
import importlib, pkgutil, sys
import datasette_plugins
names = [m.name for m in pkgutil.walk_packages(datasette_plugins.__path__, "datasette_plugins.")]
for name in names:
    for known in [each for each in sys.modules if each.startswith("datasette_plugins")]:
        del sys.modules[known]
    importlib.import_module(name)
print(len(names))
"""


def test_every_module_of_the_site_can_be_the_first_that_is_imported() -> None:
    """Commands come in by different doors: a circle among modules shows only at some of them."""
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30

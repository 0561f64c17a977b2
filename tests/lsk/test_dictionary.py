"""The data dictionary in docs says what the declarations say now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lsk import dictionary
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Field, Integer

WRITTEN = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_written_dictionary_is_not_stale() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == dictionary.dictionary(), "stale: run `make dictionary`"


def test_every_column_has_a_line() -> None:
    sections = dictionary.dictionary().split("\n### ")[1:]
    assert len(sections) == len(ENTITIES)
    for section in sections:
        entity = ENTITIES[section.split("`")[1]]
        listed = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert listed == [field.name for field in entity.all_fields]


def test_a_line_says_what_is_declared() -> None:
    lines = dictionary.dictionary().splitlines()
    assert "| `what_happened` | Vad hände? | lång text | ja | fritext |  |  |" in lines
    assert "| `share` | Andel godkända (%) | beräknas |  |  |  |  |" in lines
    assert "| `probability` | Sannolikhet | heltal från 1 till 9 |  |  | nämnd |  |" in lines
    assert "- Hör till: samma fil som posten i `deviation`" in lines


def test_a_changed_declaration_changes_the_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dictionary.dictionary()
    grown = Entity("person", "PER", (*ENTITIES["person"].fields, Integer("number")), area="organisation")
    monkeypatch.setitem(ENTITIES, "person", grown)
    assert dictionary.dictionary() != before


def test_an_unknown_kind_of_field_is_not_passed_over() -> None:
    with pytest.raises(TypeError, match="Field"):
        dictionary._content(Field("colour"))


def test_the_module_writes_the_file(tmp_path: Path) -> None:
    out = tmp_path / "dictionary.md"
    subprocess.run([sys.executable, "-m", "lsk.dictionary", str(out)], check=True, cwd=WRITTEN.parents[1])
    assert out.read_bytes() == WRITTEN.read_bytes()

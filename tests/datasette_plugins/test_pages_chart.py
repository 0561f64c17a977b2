"""Charts as data: what is drawn, what is said, and that nothing hidden is drawn."""

import re
from xml.etree import ElementTree

import pytest

from datasette_plugins.chart import bars, columns, legend, lines, scale, spark


def pictures(markup):
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", str(markup), re.S)]


def shown(picture):
    return [text.text for text in picture.iter("text")]


@pytest.mark.parametrize(
    ("values", "how", "ticks"),
    [([3, 7], {"whole": True}, [0, 2, 4, 6, 8]), ([0, 1], {"whole": True}, [0, 1, 2]), ([], {"whole": True}, [0, 1]),
     ([88, 93.5, 90], {}, [88, 90, 92, 94]), ([91, 100, None], {"most": 100}, [90, 92, 94, 96, 98, 100]),
     ([-3, 4], {}, [-4, -2, 0, 2, 4, 6])],
)  # fmt: skip
def test_scales_are_even_and_hold_every_value(values, how, ticks):
    found = scale(values, **how)
    assert found == ticks
    assert all(found[0] <= value <= found[-1] for value in values if value is not None)


@pytest.mark.parametrize("size", [1, 7, 95, 1234, 0.04])
def test_a_scale_has_few_lines(size):
    assert all(2 <= len(scale([low * size, size])) <= 8 for low in (0, 0.3, 0.8, 0.99, 1))


def test_each_chart_is_drawn_for_wide_and_narrow_screens_with_the_same_words():
    for markup in (
        columns("Antal", [("kv 1", "2026"), "kv 2"], [("A", [1, 2]), ("B", [3, None])]),
        bars("Antal", ["Enhet ett", "Enhet två"], [("A", [1, 2])]),
        lines("Andel", ["2025", "2026"], [("A", [90.5, 93])], 95, 100),
    ):
        wide, narrow = pictures(markup)
        assert wide.get("class") == "diagram bred" and narrow.get("class") == "diagram smal"
        assert (
            wide.find("desc").text == narrow.find("desc").text and wide.find("title").text == narrow.find("title").text
        )
        names = [node.get("id") for picture in (wide, narrow) for node in picture.iter() if node.get("id")]
        assert len(names) == len(set(names))


def test_what_is_hidden_is_two_dots_and_no_bar():
    wide, _ = pictures(columns("Antal", ["a", "b"], [("A", [None, 3])]))
    assert len(wide.findall("rect")) == 1 and ".." in shown(wide) and "A visas inte" in wide.find("desc").text
    wide, _ = pictures(bars("Antal", ["a"], [("A", [None]), ("B", [4])]))
    assert ".." in shown(wide) and "4" not in shown(wide)


def test_bars_are_as_long_as_their_numbers():
    wide, _ = pictures(bars("Antal", ["a", "b"], [("A", [1, 2]), ("B", [3, 0])]))
    lengths = [float(rect.get("width")) for rect in wide.findall("rect")]
    assert lengths[1] == pytest.approx(3 * lengths[0], abs=0.2) and lengths[2] == pytest.approx(2 * lengths[0], abs=0.2)


def test_a_line_says_its_target_and_skips_what_is_not_known():
    wide, _ = pictures(lines("Andel", ["2024", "2025", "2026"], [("A", [90, None, 94.5])], 95))
    assert "mål 95" in shown(wide) and "94,5" in shown(wide) and wide.find("desc").text.endswith("Målet är 95.")
    assert len(wide.find("polyline").get("points").split()) == len(wide.findall("circle")) == 2


def test_a_spark_needs_two_points():
    assert spark("Andel", [1, None]) == "" and 'aria-label="Andel"' in spark("Andel", [1, 2], 3)


def test_words_out_of_the_file_are_escaped():
    told = '<script>"&'
    for markup in (bars(told, [told], [(told, [1])]), legend([told]), spark(told, [1, 2])):
        assert "<script" not in markup and pictures(markup)


def test_the_same_chart_has_the_same_bytes_and_two_have_different_ids():
    one, two = (str(bars("Antal", ["a"], [("A", [n])])) for n in (1, 2))
    assert one == str(bars("Antal", ["a"], [("A", [1])]))
    assert not set(re.findall(r'id="(\w+)"', one)) & set(re.findall(r'id="(\w+)"', two))

"""XS7: the same program, started with each of the five profiles, is that municipality's own, with no code change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lsk import cli, profile
from lsk.model import ENTITIES
from tests.town import Town

PROFILES = ("ragunda", "varnamo", "jarva", "tyreso", "hjo")
PACKAGES = ("lsk", "lsk_tui", "sync", "datasette_plugins")

# entity → what it is called; a role that must be there; an obligation of the year; the body that answers for it all.
OWN = {
    "ragunda": (
        {"deviation": "Avvikelse"}, "kvalitetssamordnare", "Kvalitetsrapport för äldreomsorgen", "Kommunstyrelsen",
    ),
    "varnamo": (
        {"management_review": "Uppföljning av ledningssystemet"},
        "föreståndare på fritidsgård", "Årlig kick-off", "Medborgarnämnden",
    ),
    "jarva": (
        {"review": "Verksamhetsuppföljning", "control_point": "Systematisk kontroll", "risk": "Riskbedömning"},
        "medicinskt ansvarig för rehabilitering", "Sammanställning av enheternas kvalitetsberättelser",
        "Stadsdelsnämnden",
    ),
    "tyreso": (
        {"deviation": "Fel eller brist", "review": "Granskning", "agreement": "Överenskommelse"},
        "kvalitetsinspektör", "Icke verkställda beslut", "Socialnämnden",
    ),
    "hjo": (
        {"indicator": "Parameter", "commitment": "Garanti", "review": "Verksamhetsgranskning"},
        "socialt ansvarig samordnare", "Internkontroll av social dokumentation", "Kommunstyrelsen",
    ),
}  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*args: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(arg) for arg in args])
        return int(ended.value.code or 0), *capsys.readouterr()

    return call


def test_xs7_there_are_five_profiles() -> None:
    assert set(profile.names()) == set(PROFILES) == set(OWN)


@pytest.mark.parametrize("name", PROFILES)
def test_xs7_own_terms_roles_and_obligations(town: Callable[[str], Town], name: str) -> None:
    """Its own words, roles, obligations and body; and its questions are left open, not invented."""
    own = town(name)
    terms, role, obligation, body = OWN[name]
    assert {entity: own.store.terms.entity_label(entity) for entity in terms} == terms
    assert own.get("role", role)["name"] == role
    assert own.get("obligation", obligation)["name"] == obligation
    assert own.setting("responsible_body") == body
    assert own.get("role", body)["kind"] == "politisk"
    assert own.db.execute("SELECT count(*) FROM setting WHERE value IS NULL").fetchone()[0] > 5


def test_xs7_no_two_are_alike(town: Callable[[str], Town]) -> None:
    asked = (
        "SELECT key, one FROM term",
        "SELECT name FROM role",
        "SELECT name, cadence FROM obligation",
        "SELECT name, kind FROM report_template",
        "SELECT value FROM choice_value WHERE list = 'plan_kinds'",
    )
    seen = []
    for name in PROFILES:
        db = town(name).db
        seen.append([frozenset(tuple(row) for row in db.execute(sql)) for sql in asked])
    for kind in zip(*seen, strict=True):
        assert len(set(kind)) == len(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_xs7_check_and_list(
    profile_file: Callable[[str], Path], run: Callable[..., tuple[int, str, str]], name: str
) -> None:
    """``lsk check`` says what is missing; ``lsk list`` shows each kind of record."""
    path = profile_file(name)
    code, out, err = run("check", path, "--json")
    findings = json.loads(out)
    assert (code, err) == (1, "")
    rules = {finding["rule"] for finding in findings}
    assert {"an_open_setting_is_decided", "a_mandatory_role_is_held", "an_obligation_has_evidence_this_year"} <= rules
    assert not any("{" in f["message"] + f["remedy"] or not f["remedy"] for f in findings)

    for entity in ENTITIES:
        code, out, err = run("list", path, entity)
        assert (code, err) == (0, ""), (entity, err)
        assert out.startswith(("Beteckning", "Inga ")), (entity, out[:60])


def test_xs7_no_code_is_for_one_municipality() -> None:
    """No line of the program asks which profile a file has. Only the page that reports on all five names them."""
    top = Path(cli.__file__).parents[1]
    sources = [p for package in PACKAGES for p in (top / package).rglob("*.py") if p.name != "requirements.py"]
    assert len(sources) > 50
    named = [
        f"{path.relative_to(top)}: {name}"
        for path in sources
        for name in PROFILES
        for quote in "\"'"
        if f"{quote}{name}{quote}" in path.read_text(encoding="utf-8")
    ]
    assert named == []

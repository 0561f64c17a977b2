"""A small town on Ragunda's profile with something in every picture: what the picture tests look at."""

from __future__ import annotations

from tests.town import Town

BANDS = ((1, 4, "låg"), (5, 9, "medel"), (10, 16, "mycket hög"), (17, 25, "oacceptabel"))


def furnish(town: Town) -> None:
    """Risks on a scale of five, proposals in the matrix, a year with late and done, goals with outcomes."""
    town.add("unit", name="Hemtjänst Norr", short_name="HTN", level="enhet", parent="SOA")
    town.add("unit", name="Särskilt boende Höglunda", short_name="SBH", level="enhet", parent="SOA")
    scale = town.add("risk_scale", name="Fem gånger fem", version="1", valid_from="2026-01-01", action_from=10).id
    with town.store.change("Anna Berg") as change:
        change.insert_many(
            "risk_score",
            [
                {"scale": scale, "probability": p, "consequence": c, "score": p * c, "band": band(p * c)}
                for p in range(1, 6)
                for c in range(1, 6)
            ],
        )
    risks(town)
    proposals(town)
    year(town)
    goals(town)
    told = {"unit": "HTN", "received_on": "2026-10-02"}
    town.add("deviation", kind="klagomål", what_happened="Maten kom sent.", **told)
    town.add("deviation", kind="synpunkt", what_happened="Fler promenader.", unmet_need=1, **told)


def band(score: int) -> str:
    return next(name for low, high, name in BANDS if low <= score <= high)


def risks(town: Town) -> None:
    analysis = town.add("risk_analysis", title="Årlig riskanalys", kind="riskanalys", unit="HTN", done_on="2026-02-01")
    told = {"unit": "HTN", "risk_analysis": analysis.ref}
    fall = town.add("risk", description="Fall i badrummet", probability=5, consequence=4, **told)
    town.add("risk", description="Nyckel kommer bort", probability=2, consequence=3, **told)
    town.add("risk", description="Larmet hörs inte", probability=2, consequence=3, unit="SBH")
    town.add("risk", description="Avslutad sak", probability=5, consequence=5, unit="SBH", status="stängd")
    town.change("risk", fall, probability=2)


def proposals(town: Town) -> None:
    """RS1's five, and one without impact description."""
    for name, (resources, improvement) in {
        "Ny körlista": ("låg", "stor"),
        "Bygg om köket": ("hög", "stor"),
        "Byt pärmar": ("låg", "liten"),
        "Egen tvätt": ("hög", "liten"),
        "Larm vid uteblivet besök": ("låg", "stor"),
    }.items():
        town.add("action", text=name, unit="HTN", scenario="Om vi gör så här …", resource_input=resources,
                 improvement=improvement)  # fmt: skip
    town.add("action", text="Välkomstbrev", unit="SBH")


def year(town: Town) -> None:
    duty = town.the("obligation", town.db.execute("SELECT ref FROM obligation ORDER BY ref").fetchone()[0]).ref
    town.add("occurrence", obligation=duty, period="2026 kvartal 1", due="2026-04-15", status="klar")
    town.add("occurrence", obligation=duty, period="2026 kvartal 3", due="2026-10-15")
    town.add("occurrence", obligation=duty, period="2026 kvartal 4", due="2026-11-30")
    town.add("occurrence", obligation=duty, period="2027 kvartal 1", due="2027-04-15")
    check = town.add("self_check", name="Basal hygien", frequency="kvartal", unit="HTN")
    town.add("self_check_round", self_check=check.ref, period="2026 kvartal 3", due="2026-11-10")
    town.add("action", text="Laga rampen", unit="SBH", due="2026-11-25", status="beslutad")


def goals(town: Town) -> None:
    top = town.add("goal", title="Trygg hemma", number=1, level="övergripande mål", direction="externt")
    town.add("goal", title="Nöjd personal", number=2, level="övergripande mål", direction="internt")
    below = town.add("goal", title="Alla besök blir av", level="enhetsmål", parent=top.ref, unit="HTN")
    town.add("goal_activity", goal=below.ref, text="Gå igenom turerna", unit="HTN")
    share = town.add("indicator", name="Andel besök i tid", goal=below.ref, better="högre", target="95",
                     unit_of_measure="procent")  # fmt: skip
    missed = town.add("indicator", name="Uteblivna besök", goal=below.ref, better="lägre", target="2")
    for half, value in (("2025-01-01 2025-06-30", "82"), ("2025-07-01 2025-12-31", "88"),
                        ("2026-01-01 2026-06-30", "91,5")):  # fmt: skip
        start, end = half.split()
        town.add("measurement", indicator=share.ref, unit="HTN", period_start=start, period_end=end, value=value,
                 target="95")  # fmt: skip
    town.add("measurement", indicator=missed.ref, unit="HTN", period_start="2026-01-01", period_end="2026-06-30",
             value="1", target="2")  # fmt: skip

"""Published of self-checks: what was planned, done and late."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, number, order, share

CHECKS = Table(
    "egenkontroller",
    "Egenkontroller per enhet och år",
    "Omgångar som planerats, gjorts och blivit sena. Andelen är de som gjordes i tid, av dem vars dag har kommit.",
    Publish.COMMITTEE,
    (
        order("ar", "År", "self_check_round.due"),
        Column("enhet", "Enhet", "unit.name"),
        number("planerade", "Planerade", "self_check_round.due"),
        number("gjorda", "Gjorda", "self_check_round.done_on"),
        number("sena", "Sena", "self_check_round.due self_check_round.done_on"),
        share("andel", "Gjorda i tid, %", "self_check_round.due self_check_round.done_on"),
    ),
    """SELECT CAST(substr(o.due, 1, 4) AS INTEGER) AS ar, ifnull(u.name, 'hela verksamheten'),
          count(*), count(o.done_on), sum(o.done_on IS NULL AND o.due < :today),
          round(100.0 * sum(o.done_on <= o.due) / nullif(sum(o.due < :today OR o.done_on IS NOT NULL), 0), 1)
        FROM self_check_round o JOIN self_check e ON e.id = o.self_check LEFT JOIN unit u ON u.id = e.unit
        GROUP BY ar, u.id ORDER BY ar DESC, u.name_sort""",
    entity="self_check_round",
    grain="ett år och en enhet",
)

METHODS = Table(
    "egenkontroller_metod",
    "Egenkontroller efter metod",
    "Omgångar som planerats, gjorts och blivit sena varje år, efter hur kontrollen görs.",
    Publish.COMMITTEE,
    (
        order("ar", "År", "self_check_round.due"),
        Column("metod", "Metod", "self_check.method"),
        number("planerade", "Planerade", "self_check_round.due"),
        number("gjorda", "Gjorda", "self_check_round.done_on"),
        number("sena", "Sena", "self_check_round.due self_check_round.done_on"),
    ),
    """SELECT CAST(substr(o.due, 1, 4) AS INTEGER) AS ar, ifnull(e.method, 'ej angiven') AS metod,
          count(*), count(o.done_on), sum(o.done_on IS NULL AND o.due < :today)
        FROM self_check_round o JOIN self_check e ON e.id = o.self_check GROUP BY ar, metod ORDER BY ar DESC, metod""",
    entity="self_check_round",
    grain="ett år och en metod",
)

ROUNDS = Table(
    "egenkontroll_omgangar",
    "Egenkontroller, omgång för omgång",
    "Varje planerad omgång: vad som kontrolleras, var, när den skulle ha gjorts och om den är gjord.",
    Publish.COMMITTEE,
    (
        Column("enhet", "Enhet", "unit.name"),
        Column("egenkontroll", "Egenkontroll", "self_check.name"),
        Column("metod", "Metod", "self_check.method"),
        Column("period", "Period", "self_check_round.period"),
        Column("ansvarig", "Ansvarig", "role.name"),
        day("senast", "Senast", "self_check_round.due"),
        day("gjord", "Gjord", "self_check_round.done_on"),
        Column("lage", "Läge", "self_check_round.due self_check_round.done_on"),
    ),
    # The checks are put in order first, by themselves: they are few, and the rounds then sorted by a number.
    """WITH checks AS MATERIALIZED (
          SELECT e.id, ifnull(u.name, 'hela verksamheten') AS unit, e.name, e.method, r.name AS role, e.ref,
            row_number() OVER (ORDER BY u.name_sort, e.name_sort) AS place
          FROM self_check e LEFT JOIN unit u ON u.id = e.unit LEFT JOIN role r ON r.id = e.responsible_role)
        SELECT e.unit, e.name, e.method, o.period, e.role, o.due, o.done_on,
          CASE WHEN o.done_on > o.due THEN 'gjord för sent' WHEN o.done_on IS NOT NULL THEN 'gjord'
               WHEN o.due < :today THEN 'sen' ELSE 'kommande' END, e.ref AS _ref
        FROM self_check_round o CROSS JOIN checks e ON e.id = o.self_check ORDER BY o.due DESC, e.place, o.id""",
    entity="self_check_round",
    grain="en omgång",
    indexes=("senast, gjord", "lage, senast"),
)

TABLES = (CHECKS, METHODS, ROUNDS)

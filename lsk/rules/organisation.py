"""Who answers for what: roles that must be held, responsibility that cannot be given away."""

from lsk.rules import Breach, finding, gate


@gate("duty_allocation", "R9", columns=("duty", "to_role", "to_unit", "to_person"))
def responsibility_is_not_delegated() -> Breach:
    """R9: the responsibility for meeting SOSFS 2011:9 cannot be delegated; tasks can be distributed."""
    return Breach(
        """SELECT t.id, t.ref, r.name AS role, d.text FROM {rows} t
           JOIN duty d ON d.id = t.duty JOIN role r ON r.id = d.role
           WHERE d.kind = 'ansvar' AND ifnull(d.delegable, 0) = 0""",
        "Ansvar kan inte delegeras: ”{text}” ligger kvar hos {role}.",
        "Fördela i stället en uppgift.",
    )


@gate(
    "duty_allocation", "R9", columns=("duty", "decided_on", "decision", "decided_in", "to_role", "to_unit", "to_person")
)
def an_allocation_has_receiver_date_and_decision() -> Breach:
    """R9: a task is distributed "i särskild ordning": to whom, when and by which decision."""
    return Breach(
        """SELECT t.id, t.ref FROM {rows} t WHERE coalesce(t.to_role, t.to_unit, t.to_person) IS NULL
           OR t.decided_on IS NULL OR coalesce(t.decision, t.decided_in) IS NULL""",
        "Fördelningen saknar mottagare, beslutsdatum eller beslut.",
        "Fyll i vem uppgiften går till, datum och beslut.",
    )


@finding("role", "R7 R10 R15 R19 R23 H20", severity="fel")
def a_mandatory_role_is_held() -> Breach:
    """A mandatory role without a holder today is a shortcoming."""
    return Breach(
        """SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.mandatory = 1
             AND ifnull(t.mandatory_for, 'hela verksamheten') = 'hela verksamheten' AND NOT EXISTS (
             SELECT 1 FROM assignment a WHERE a.role = t.id AND a.valid_from <= today()
               AND (a.valid_to IS NULL OR a.valid_to >= today()))""",
        "Ingen har rollen {name}.",
        "Lägg till ett uppdrag för den som har rollen.",
    )


@finding("assignment", "H20")
def a_health_care_manager_is_appointed() -> Breach:
    """H20: whoever does not hold the role already by being the one who appoints, is appointed, with a date."""
    return Breach(
        """SELECT t.id, t.ref, p.name AS person, b.name AS by FROM {rows} t JOIN person p ON p.id = t.person
           JOIN role r ON r.id = t.role AND r.name = 'verksamhetschef för hälso- och sjukvård'
           JOIN setting s ON s.key = 'health_care_manager_appointed_by' JOIN role b ON b.name = s.value
           WHERE (t.appointed_by IS NOT b.id OR t.appointed_on IS NULL)
             AND NOT EXISTS (SELECT 1 FROM assignment o WHERE o.person = t.person AND o.role = b.id)""",
        "{person} är inte utsedd till verksamhetschef för hälso- och sjukvård av {by}.",
        "Fyll i vem som har utsett och när.",
    )


@finding("unit", "R19")
def each_unit_has_its_mandatory_roles() -> Breach:
    """R19: a role that every unit must have is held in each unit that is active."""
    return Breach(
        """SELECT t.id, t.ref, t.name, r.name AS role FROM {rows} t JOIN role r ON r.mandatory = 1
             AND (r.mandatory_for = 'varje enhet'
               OR (r.mandatory_for = 'enhet med hälso- och sjukvård' AND t.has_health_care = 1))
           WHERE t.level = 'enhet' AND (t.active_to IS NULL OR t.active_to >= today()) AND NOT EXISTS (
             SELECT 1 FROM assignment a WHERE a.role = r.id AND a.unit = t.id AND a.valid_from <= today()
               AND (a.valid_to IS NULL OR a.valid_to >= today()))""",
        "{name} saknar {role}.",
        "Lägg till ett uppdrag för enheten.",
    )


@gate("unit", "", columns=("parent",))
def units_form_no_circle() -> Breach:
    """A unit is not placed under itself or under one of its own."""
    return Breach(circle("unit"), "{name} kan inte ligga under sig själv.", "Välj en annan överordnad enhet.")


@gate("process", "", columns=("parent",))
def processes_form_no_circle() -> Breach:
    """A process is not part of itself."""
    return Breach(circle("process"), "{name} kan inte vara en del av sig själv.", "Välj en annan överordnad process.")


def circle(table: str, name: str = "name") -> str:
    """SQL for the rows of a tree that reach themselves when their parents are followed."""
    return f"""SELECT t.id, t.ref, t."{name}" AS name FROM {{rows}} t WHERE t.parent IS NOT NULL AND t.id IN (
      WITH RECURSIVE up(id) AS (
        SELECT t.parent UNION SELECT p.parent FROM up JOIN "{table}" p ON p.id = up.id WHERE p.parent IS NOT NULL)
      SELECT id FROM up)"""


@finding("setting", "", severity="notis")
def an_open_setting_is_decided() -> Breach:
    """What the source is silent about is not invented: the municipality decides."""
    return Breach(
        "SELECT t.id, t.ref, ifnull(t.question, t.key) AS question FROM {rows} t WHERE t.value IS NULL",
        "Inställningen är inte bestämd: {question}",
        "Bestäm och fyll i ett värde.",
    )

"""Dates that belong together come in their order, and what has happened has not happened in the future."""

from lsk.rules import Breach, gate, warning
from lsk.terms import entity_label, field_label

IN_ORDER = {
    "deviation": (("happened_on", "received_on"), ("received_on", "closed_on")),
    "investigation": (("started_on", "finished_on"),),
    "action": (("proposed_on", "done_on"),),
    "assignment": (("valid_from", "valid_to"),),
    "agreement": (("valid_from", "valid_to"),),
    "provision": (("valid_from", "valid_to"),),
    "statute": (("valid_from", "valid_to"),),
}
BY_TODAY = {
    "deviation": ("happened_on", "received_on", "closed_on"),
    "investigation": ("started_on", "finished_on"),
    "action": ("done_on",),
    "self_check_round": ("done_on",),
    "occurrence": ("done_on",),
}


def in_order(entity: str, first: str, then: str) -> None:
    def in_their_order() -> Breach:
        return Breach(
            f"""SELECT t.id, t.ref, t."{first}" AS first, t."{then}" AS then_ FROM {{rows}} t
               WHERE t."{first}" > t."{then}" """,
            f"{entity_label(entity)}: ”{field_label(entity, then)}” ({{then_}}) kan inte vara före "
            f"”{field_label(entity, first)}” ({{first}}).",
            "Rätta något av datumen.",
        )

    in_their_order.__name__ = f"{entity}_{first}_comes_before_{then}"
    in_their_order.__doc__ = "Dates that belong together come in their order."
    gate(entity, "", columns=(first, then))(in_their_order)


def by_today(entity: str, field: str) -> None:
    def not_in_the_future() -> Breach:
        return Breach(
            f"""SELECT t.id, t.ref, t."{field}" AS day FROM {{rows}} t WHERE t."{field}" > date(today(), '+1 day')""",
            f"{entity_label(entity)}: ”{field_label(entity, field)}” ({{day}}) ligger i framtiden.",
            "Rätta datumet.",
        )

    not_in_the_future.__name__ = f"{entity}_{field}_is_not_in_the_future"
    not_in_the_future.__doc__ = "What has happened has a day that has been. One day's grace for other time zones."
    warning(entity, "", columns=(field,))(not_in_the_future)


for _entity, _pairs in IN_ORDER.items():
    for _first, _then in _pairs:
        in_order(_entity, _first, _then)
for _entity, _fields in BY_TODAY.items():
    for _field in _fields:
        by_today(_entity, _field)

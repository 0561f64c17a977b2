"""What should not be given twice. Refused in one file; after a merge of two files it is a finding, nothing is lost."""

from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity
from lsk.rules import Breach, gate
from lsk.terms import field_label


def register(entity: Entity, fields: tuple[str, ...]) -> None:
    def not_repeated() -> Breach:
        same = " AND ".join(f't."{f}" = o."{f}"' for f in fields)
        return Breach(
            f"""SELECT t.id, t.ref, o.ref AS other FROM {{rows}} t JOIN "{entity.name}" o ON o.id <> t.id AND {same}""",
            "{ref} har samma " + " och ".join(field_label(entity.name, f).lower() for f in fields) + " som {other}.",
            "Ändra den ena, eller slå ihop dem.",
        )

    not_repeated.__name__ = f"{entity.name}_{'_'.join(fields)}_is_not_repeated"
    not_repeated.__doc__ = "Two records with the same natural key are one thing registered twice."
    gate(entity.name, "", columns=fields)(not_repeated)


for _entity in ENTITIES.values():
    for _fields in _entity.unique:
        register(_entity, _fields)

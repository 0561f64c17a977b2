"""The redacted snapshot that the committee, or anybody, may read (design section 9)."""

from lsk.publish.build import LEVELS, Filled, Publication, publish, tables_of

__all__ = ["LEVELS", "Filled", "Publication", "publish", "tables_of"]

"""A sample municipality, made up and deterministic: same seed number, same rows."""

from sample_db.build import DEFAULT_TODAY, build, place_of, profiles

__all__ = ["DEFAULT_TODAY", "build", "place_of", "profiles"]

"""Many files, one truth: unit files, merge, conflicts and their review."""

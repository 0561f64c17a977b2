"""The committee's read-only site, as Datasette plugins."""

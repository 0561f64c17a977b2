"""The year (årshjulet): when obligations fall due, the plan of a year, the calendar file, and reminders."""

"""Builds the redacted, separate file that the committee reads."""

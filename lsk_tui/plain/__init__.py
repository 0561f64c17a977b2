"""The app without a screen: question and answer in plain lines, for screen readers and terminals that are only paper.

``talk`` asks and tells, ``record`` fills in and saves a record, ``tasks`` are the things one can do.
"""

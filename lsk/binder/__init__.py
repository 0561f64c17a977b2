"""The paper binder of a unit, for when there is no power: its sheets, how they look, which of them are to be swapped.

A sheet is Markdown with a code taken from its text. What is printed is recorded with the code, so that whether a
sheet on a shelf still says what the file says is a comparison of two codes.
"""

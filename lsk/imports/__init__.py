"""Reading registers that other programs wrote: CSV to records, with a mapping, dirty dates and a report.

``mapping`` says which column is which field, ``dates`` and ``cells`` what a cell means, ``reading`` makes rows of a
file, ``matching`` tells new from known, ``saving`` writes them as one change and reports.
"""

"""The kinds of folder that ``sync.places`` can use: each module is one."""

"""The law register: statutes and provisions as data files, and what changed into what."""

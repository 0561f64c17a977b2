"""LSK: a management system for systematic quality work (SOSFS 2011:9) in one SQLite file."""

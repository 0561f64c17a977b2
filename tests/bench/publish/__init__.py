"""What a publication and the committee's site cost, beside what SQLite and vanilla Datasette take."""

"""What is handed over to the archive: plain tables, plain text and checksums, to be read without this program."""

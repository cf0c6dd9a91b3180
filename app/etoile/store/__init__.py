"""What outlives a run: SQLite databases, one file a table family."""

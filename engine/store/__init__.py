"""Where events, snapshots and derived rows lie: SQLite or PostgreSQL."""

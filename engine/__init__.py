"""Running it for real: clock, database, unit of work, follower, timers, outbox, jobs, files."""

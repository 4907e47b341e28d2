-- One writer a stream. It stands alone: the statement after it must see what the writer before
-- committed, and under READ COMMITTED a statement sees what was committed when it began.
SELECT pg_advisory_xact_lock(hashtextextended(%(stream)s, 0))

head_written AS (
    INSERT INTO head (stream, number, hash, recorded_at, snapshot)
    VALUES (%(stream)s, %(number)s, %(hash)s, %(recorded_at)s, %(snapshot)b)
    ON CONFLICT (stream) DO UPDATE SET
        number = excluded.number,
        hash = excluded.hash,
        recorded_at = excluded.recorded_at,
        snapshot = excluded.snapshot
)

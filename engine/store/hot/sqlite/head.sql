INSERT INTO head (stream, number, hash, recorded_at, snapshot)
VALUES (:stream, :number, :hash, :recorded_at, :snapshot)
ON CONFLICT (stream) DO UPDATE SET
    number = excluded.number,
    hash = excluded.hash,
    recorded_at = excluded.recorded_at,
    snapshot = excluded.snapshot

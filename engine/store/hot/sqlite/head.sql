-- Without a new state or archive the old one stays as it is.
INSERT INTO head (stream, number, hash, recorded_at, state, archive)
VALUES (:stream, :number, :hash, :recorded_at, coalesce(:state, x''), coalesce(:archive, x''))
ON CONFLICT (stream) DO UPDATE SET
    number = excluded.number,
    hash = excluded.hash,
    recorded_at = excluded.recorded_at,
    state = coalesce(:state, head.state),
    archive = coalesce(:archive, head.archive)

-- Without a new archive the old one stays as it is, untouched on its pages.
INSERT INTO head (stream, number, hash, recorded_at, state, archive)
VALUES (:stream, :number, :hash, :recorded_at, :state, coalesce(:archive, x''))
ON CONFLICT (stream) DO UPDATE SET
    number = excluded.number,
    hash = excluded.hash,
    recorded_at = excluded.recorded_at,
    state = excluded.state,
    archive = coalesce(:archive, head.archive)

-- The first events of a stream, or a head made again: whatever there is, this comes to stand.
INSERT INTO head (stream, number, hash, recorded_at, state, archive)
VALUES (
    %(stream)s, %(number)s, %(hash)s, %(recorded_at)b,
    coalesce(%(state)b::bytea, ''), coalesce(%(archive)b::bytea, '')
)
ON CONFLICT (stream) DO UPDATE SET
    number = excluded.number,
    hash = excluded.hash,
    recorded_at = excluded.recorded_at,
    state = coalesce(%(state)b::bytea, head.state),
    archive = coalesce(%(archive)b::bytea, head.archive)

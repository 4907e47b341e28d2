-- One row, whether the stream exists or not: its head, and what was answered to the key before.
SELECT
    head.number, head.hash, head.recorded_at, head.state, head.archive,
    command.id, command.stream, command.request, command.first, command.last, command.recorded_at
FROM (SELECT 1)
LEFT JOIN head ON head.stream = :stream
LEFT JOIN command ON command.actor = :actor AND command.key = :key

-- One row, whether the stream exists or not: its head, and what was answered to the key before.
SELECT
    head.number, head.hash, head.recorded_at, head.state, head.archive,
    command.id, command.stream, command.request, command.first, command.last, command.recorded_at
FROM (SELECT 1) AS one
LEFT JOIN head ON head.stream = %(stream)s
LEFT JOIN command ON command.actor = %(actor)s AND command.key = %(key)s

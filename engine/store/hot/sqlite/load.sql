-- One row, whether the stream exists or not: its head, and what was answered to the key before.
-- A key that an order outside the logs was given under belongs to no stream: it is taken, too.
SELECT
    head.number, head.hash, head.recorded_at, head.state, head.archive,
    answer.id, answer.stream, answer.request, answer.first, answer.last, answer.recorded_at
FROM (SELECT 1)
LEFT JOIN head ON head.stream = :stream
LEFT JOIN (
    SELECT id, stream, request, first, last, recorded_at
    FROM command WHERE actor = :actor AND key = :key
    UNION ALL
    SELECT '', '', request, 0, 0, recorded_at
    FROM receipt WHERE actor = :actor AND key = :key
) AS answer ON TRUE

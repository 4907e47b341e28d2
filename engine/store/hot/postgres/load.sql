-- One row, whether the stream exists or not: its head, and what was answered to the key before.
-- A key that an order outside the logs was given under belongs to no stream. What the caller knows
-- by the hash of its last event is not read again.
SELECT
    head.number, head.hash, head.recorded_at,
    CASE WHEN head.hash <> %(known)s THEN head.state END,
    CASE WHEN head.hash <> %(known)s THEN head.archive END,
    answer.id, answer.stream, answer.request, answer.first, answer.last, answer.recorded_at
FROM (SELECT 1) AS one
LEFT JOIN head ON head.stream = %(stream)s
LEFT JOIN command AS answer ON answer.actor = %(actor)s AND answer.key = %(key)s

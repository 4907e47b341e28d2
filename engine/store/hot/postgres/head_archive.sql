-- Something settled: state and archive are both others.
UPDATE head
SET number = %(number)s,
    hash = %(hash)s,
    recorded_at = %(recorded_at)s,
    state = %(state)b,
    archive = %(archive)b
WHERE stream = %(stream)s

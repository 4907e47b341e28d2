-- The packed state is that of the last event.
UPDATE head
SET number = %(number)s,
    hash = %(hash)s,
    recorded_at = %(recorded_at)b,
    state = %(state)b,
    archive = %(archive)b
WHERE stream = %(stream)s

-- The archive stays as it is, untouched in its own storage.
UPDATE head
SET number = %(number)s,
    hash = %(hash)s,
    recorded_at = %(recorded_at)s,
    state = %(state)b
WHERE stream = %(stream)s

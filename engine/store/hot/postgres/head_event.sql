-- The packed state is that of an event before; the log knows the rest.
UPDATE head
SET number = %(number)s, hash = %(hash)s, recorded_at = %(recorded_at)b
WHERE stream = %(stream)s

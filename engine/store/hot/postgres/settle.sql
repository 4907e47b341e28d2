-- What every command ends with: its last event, its answer, and the head that names the event. In one
-- statement they cost the server less, and the client fewer messages.
WITH sealed AS ({event}), answered AS ({command}) {head}

"""What a process says: reading, checking, drawing BPMN definitions, and the token game. Pure."""

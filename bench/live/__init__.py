"""What the benches of the running office share: journeys, databases, and a crew that is timed."""

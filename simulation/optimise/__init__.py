"""The best that can be had, with proof or gap: pairs, classes of items, schedules."""

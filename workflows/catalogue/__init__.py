"""The item catalogue: what may have to be approved, by whom, in how many days, after what."""

"""What goes in and out, one file a noun: flat, strict, every field described."""

"""Shell in, commands out."""

"""HTTP in, commands out: Flask, OpenAPI, who is asking."""

"""Settings of every test: how Hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: a busy machine is no failure. A found failure prints a blob that replays it.
settings.register_profile("search", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("search"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "search")

from __future__ import annotations

import pytest

from engine.errors import BadSettingError
from engine.settings import Settings, from_environment


class TestFromEnvironment:
    def test_keeps_the_defaults(self) -> None:
        assert from_environment({}) == Settings()

    def test_reads_what_is_set(self) -> None:
        found = from_environment(
            {"ABREAST_DATABASE": "postgresql:///x", "ABREAST_PORT": "0", "ABREAST_DEMO": "Yes"}
        )

        assert (found.database, found.port, found.demo) == ("postgresql:///x", 0, True)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ABREAST_PORT", "65536"),
            ("ABREAST_PORT", "-1"),
            ("ABREAST_PORT", "８０"),
            ("ABREAST_PORT", ""),
            ("ABREAST_THREADS", "0"),
            ("ABREAST_DEMO", "perhaps"),
            ("ABREAST_BUSY_SECONDS", "1.5"),
        ],
    )
    def test_refuses_a_bad_value_by_name(self, name: str, value: str) -> None:
        with pytest.raises(BadSettingError, match=name):
            from_environment({name: value})

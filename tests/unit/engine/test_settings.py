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

    def test_refuses_a_folder_for_heads_without_a_key_to_sign_them(self) -> None:
        with pytest.raises(BadSettingError, match="ABREAST_HEADS_KEY"):
            from_environment({"ABREAST_HEADS_FOLDER": "/elsewhere"})

    def test_repeats_no_key_that_is_too_short(self) -> None:
        with pytest.raises(BadSettingError) as refused:
            from_environment({"ABREAST_HEADS_FOLDER": "/elsewhere", "ABREAST_HEADS_KEY": "secret"})

        assert "secret" not in str(refused.value)

    def test_repeats_no_secret_that_is_too_short(self) -> None:
        with pytest.raises(BadSettingError, match="ABREAST_SECRET") as refused:
            from_environment({"ABREAST_SECRET": "hush"})

        assert "hush" not in str(refused.value)

    def test_shows_no_secret(self) -> None:
        secret = "s" * 32

        assert secret not in repr(from_environment({"ABREAST_SECRET": secret}))

from __future__ import annotations

import pytest

from engine.errors import BadSettingError
from engine.settings import from_environment


class TestWhatMayGoOut:
    def test_is_nothing_by_default(self) -> None:
        found = from_environment({})

        assert (found.webhook_origins, found.webhook_networks, found.smtp) == ((), (), "")

    def test_is_listed_by_origin_and_network(self) -> None:
        found = from_environment(
            {
                "ABREAST_WEBHOOK_ORIGINS": "https://a.cn http://b.cn:8080 https://[2400:3200::1]",
                "ABREAST_WEBHOOK_NETWORKS": "10.20.0.0/16 fd12::/32",
                "ABREAST_SMTP": "smtp://user@mail.cn:587",
                "ABREAST_MAIL_FROM": "office@a.cn",
                "ABREAST_LIVE": "0",
            }
        )

        assert found.webhook_origins == (
            "https://a.cn",
            "http://b.cn:8080",
            "https://[2400:3200::1]",
        )
        assert found.webhook_networks == ("10.20.0.0/16", "fd12::/32")
        assert (found.smtp, found.live) == ("smtp://user@mail.cn:587", 0)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ABREAST_WEBHOOK_ORIGINS", "https://*"),
            ("ABREAST_WEBHOOK_ORIGINS", "https://a.cn/path"),
            ("ABREAST_WEBHOOK_ORIGINS", "https://a.cn:443"),
            ("ABREAST_WEBHOOK_ORIGINS", "HTTPS://A.cn"),
            ("ABREAST_WEBHOOK_ORIGINS", "https://user@a.cn"),
            ("ABREAST_WEBHOOK_NETWORKS", "10.20.0.1/16"),
            ("ABREAST_WEBHOOK_NETWORKS", "everything"),
            ("ABREAST_SMTP", "mail.cn"),
            ("ABREAST_SMTP", "http://mail.cn"),
            ("ABREAST_MAIL_FROM", "no address"),
            ("ABREAST_LIVE", "-1"),
        ],
    )
    def test_is_refused_in_another_form(self, name: str, value: str) -> None:
        with pytest.raises(BadSettingError):
            from_environment({name: value})

    def test_needs_a_sender_where_mail_is_sent(self) -> None:
        with pytest.raises(BadSettingError):
            from_environment({"ABREAST_SMTP": "smtp://mail.cn"})

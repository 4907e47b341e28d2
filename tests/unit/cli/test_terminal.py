from __future__ import annotations

import pytest

from cli.terminal import locale_of


class TestLocaleOf:
    @pytest.mark.parametrize(
        ("args", "environ", "locale"),
        [
            ([], {}, "zh-CN"),
            ([], {"LANG": "C"}, "zh-CN"),
            ([], {"LANG": "zh_CN.UTF-8"}, "zh-CN"),
            ([], {"LANG": "de_DE.UTF-8"}, "zh-CN"),
            ([], {"LANG": "en_US.UTF-8"}, "en"),
            ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
            ([], {"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"),
            (["demo", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
            (["--lang=en", "demo"], {}, "en"),
            (["demo", "--lang", "ZH"], {"LANG": "en_US.UTF-8"}, "zh-CN"),
            (["demo", "--lang"], {"LANG": "en_US.UTF-8"}, "en"),
            (["demo", "--lang", "klingon"], {"LANG": "en_US.UTF-8"}, "zh-CN"),
        ],
    )
    def test_prefers_the_option_then_the_environment_then_chinese(
        self, args: list[str], environ: dict[str, str], locale: str
    ) -> None:
        assert locale_of(args, environ) == locale

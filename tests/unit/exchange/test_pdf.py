from __future__ import annotations

import importlib
import sys

import pytest

from exchange.errors import NoPrinterError, UnwritableError
from exchange.pdf import as_pdf

PAGE = '<!doctype html><html lang="zh-CN"><title>月报</title><body><h1>月报</h1></body></html>'


def _missing() -> bool:
    try:
        importlib.import_module("weasyprint")
    except (ImportError, OSError):
        return True
    return False


pango = pytest.mark.skipif(_missing(), reason="WeasyPrint or the system library Pango is not here")


class TestAsPdf:
    @pango
    def test_writes_a_document(self) -> None:
        assert as_pdf(PAGE).startswith(b"%PDF-")

    @pango
    def test_fetches_nothing(self) -> None:
        with pytest.raises(UnwritableError):
            as_pdf('<link rel="stylesheet" href="file:///etc/passwd">')

    def test_says_what_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        with pytest.raises(NoPrinterError):
            as_pdf(PAGE)

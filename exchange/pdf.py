"""A page of HTML as PDF, by WeasyPrint where it is installed: an extra, for it needs Pango."""

from __future__ import annotations

from typing import cast

from exchange.errors import NoPrinterError, UnwritableError


def as_pdf(page: str) -> bytes:
    """Return a page as PDF; nothing is fetched for it, from the network or from a disk.

    Raises:
        NoPrinterError: If WeasyPrint, or a system library of it, is not there.
        UnwritableError: If the page asks for anything but itself.
    """
    try:
        from weasyprint import HTML, urls  # noqa: PLC0415 - an extra, and slow to load
    except (ImportError, OSError) as error:
        raise NoPrinterError(why=str(error).splitlines()[0][:200]) from error
    nothing = urls.URLFetcher(allowed_protocols=(), fail_on_errors=True)
    try:
        return cast("bytes", HTML(string=page, url_fetcher=nothing).write_pdf())
    except urls.FatalURLFetchingError as error:
        raise UnwritableError(text=str(error)[:60]) from error

"""The demonstration district behind the real server, and a real browser before it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.screens import LONGEST, WIDE, Visitor, Windows, window
from tests.support.server import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
ABREAST = [sys.executable, "-c", "from cli.main import main; main()"]  # of this checkout
PLAIN = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at the three years last, when their past has come in."""
    items.sort(key=looks_at_three_years)


def looks_at_three_years(test: pytest.Item) -> bool:
    """Tell whether a test needs what `make run` serves."""
    return "three_years" in getattr(test, "fixturenames", ())


@pytest.fixture(scope="package", autouse=True)
def begun(request: pytest.FixtureRequest) -> None:
    """Let the past come in while other tests are run."""
    if any(map(looks_at_three_years, request.session.items)):
        request.getfixturevalue("three_years")


@pytest.fixture(scope="package")
def built() -> None:
    """Build the pages where they are older than what they are made of."""
    subprocess.run([ROOT / "scripts" / "build-web"], cwd=ROOT, check=True)


@pytest.fixture(scope="package")
def chromium() -> str:
    """Return where the browser is; the script says what to do where there is none."""
    found = subprocess.run(
        [ROOT / "scripts" / "chromium"], check=True, stdout=subprocess.PIPE, text=True
    )
    return found.stdout.strip()


@pytest.fixture(scope="package")
def district(tmp_path_factory: pytest.TempPathFactory, built: None) -> Iterator[str]:
    """Start the server on the small district, on a free port and a database of its own."""
    del built
    with served(tmp_path_factory.mktemp("district"), "--small") as address:
        yield address


@pytest.fixture(scope="package")
def three_years(tmp_path_factory: pytest.TempPathFactory, built: None) -> Iterator[str]:
    """Start the server as `make run` does."""
    del built
    with served(tmp_path_factory.mktemp("three_years")) as address:
        yield address


@contextmanager
def served(folder: Path, *options: str, port: str = "0") -> Iterator[str]:
    """Serve a demonstration and yield its address; port 0 = any that is free."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ABREAST_")},
        "ABREAST_DATABASE": f"sqlite:///{folder}/run.db",
        "ABREAST_FILES": f"{folder}/files",
        "ABREAST_NICENESS": "0",  # the machine that tests is busy
    }
    command = [*ABREAST, "serve", "--demo", *options, "--port", port]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environ, cwd=ROOT
        ) as server,
    ):
        try:
            yield address_of(server)
        finally:
            server.terminate()
            server.wait(timeout=60)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Open a browser without a window."""
    expect.set_options(timeout=LONGEST)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=[*PLAIN])
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Iterator[Windows]:
    """Return windows that are lent to one visitor after the other."""
    found = Windows(browser)
    yield found
    found.close()


@contextmanager
def visiting(windows: Windows, address: str, patience: int = LONGEST) -> Iterator[Visitor]:
    """Provide who comes with nothing in the pockets; their pages may complain of nothing."""
    visitor = Visitor(windows.lent("zh"), address, patience=patience)
    yield visitor
    visitor.leave()
    windows.take_back(visitor)
    assert visitor.complaints == []


@pytest.fixture
def visitor(browser: Browser, windows: Windows, district: str) -> Iterator[Callable[..., Visitor]]:
    """Return who comes with nothing in the pockets; their pages may complain of nothing.

    Whoever has a window of their *own* may change it: it is closed behind them.
    """
    guests: list[Visitor] = []
    owners: list[Visitor] = []

    def come(language: str = "zh", width: int = WIDE, *, own: bool = False) -> Visitor:
        page = window(browser, language) if own else windows.lent(language)
        came = Visitor(page, district, language=language, width=width)
        (owners if own else guests).append(came)
        return came

    yield come
    for each in owners:
        each.close()
    for each in guests:
        each.leave()
        windows.take_back(each)
    assert [each.complaints for each in (*owners, *guests) if each.complaints] == []

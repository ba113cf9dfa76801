"""The guard of conftest.py keeps tests off the network and leaves local sockets alone."""

from __future__ import annotations

import multiprocessing
import socket

import pytest


def test_local_sockets_work():
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"x")
        assert right.recv(1) == b"x"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_worker_processes_work():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(abs, [-1]) == [1]


def test_reaching_out_is_refused_and_noted(network_attempts):
    with pytest.raises(AssertionError, match="no network"), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))  # TEST-NET-1 of RFC 5737: nobody's address
    with pytest.raises(AssertionError, match="no network"):
        socket.getaddrinfo("example.invalid", 80)
    assert network_attempts == ["socket.connect", "socket.getaddrinfo"]
    network_attempts.clear()  # or this test would fail at its end

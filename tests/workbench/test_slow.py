"""Clients that send slowly, as raw bytes to the application as it is served."""

import socket
import time

import httpx2
import pytest

from standoff.workbench import guard, prompt

pytestmark = pytest.mark.xdist_group("workbench")

PATHS = ("/seat/abc/choose", "/study/rivals/edit/study.yaml", "/study/rivals/drop", "/new")
HEAD = "POST {} HTTP/1.1\r\nHost: {}\r\nOrigin: http://{}\r\nContent-Type: {}\r\nContent-Length: 5000\r\n\r\n"


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(guard, "_PATIENCE", 0.4)
    monkeypatch.setattr(prompt, "PATIENCE", 0.4)


def opened(address):
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def trickle(connections, n):
    """A byte at a time on each, until the other side has had enough of all of them."""
    for _ in range(n):
        time.sleep(0.1)
        for one in connections:
            try:
                one.sendall(b"a")
            except OSError:
                continue


def answers(connections):
    found = []
    for one in connections:
        try:
            found.append(one.recv(4000))
        except ConnectionError:
            found.append(b"")
        one.close()
    return found


def test_bodies_that_trickle_are_refused_and_nobody_waits_for_them(desk, impatient, caplog):
    host = desk[1].removeprefix("http://")
    connections = [opened(desk[1]) for _ in range(24)]
    for i, one in enumerate(connections):
        path = PATHS[i % len(PATHS)]
        kind = "multipart/form-data; boundary=x" if path.endswith("drop") else "application/x-www-form-urlencoded"
        one.sendall(HEAD.format(path, host, host, kind).encode())
    assert httpx2.get(f"{desk[1]}/seat/abc", timeout=10).status_code == 404
    trickle(connections, 8)
    assert {answer.split(b"\r\n")[0] for answer in answers(connections)} == {b"HTTP/1.1 408 Request Timeout"}
    assert "Traceback" not in caplog.text


def test_heads_that_trickle_or_never_come_are_closed(desk, impatient, caplog):
    connections = [opened(desk[1]) for _ in range(24)]
    for one in connections[::2]:
        one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ")
    trickle(connections[::2], 8)
    assert {answer.split(b"\r\n")[0] for answer in answers(connections)} == {b""}
    assert "Traceback" not in caplog.text


def test_a_second_request_on_a_connection_has_to_come_in_time_too(desk, impatient):
    host = desk[1].removeprefix("http://")
    one = opened(desk[1])
    one.sendall(f"GET /seat/abc HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert b"404" in one.recv(4000)
    one.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
    trickle([one], 8)
    while one.recv(4000):  # the rest of the first answer, and then the end
        pass
    one.close()


def test_a_body_that_is_broken_off_is_forgotten(desk, caplog):
    host = desk[1].removeprefix("http://")
    for path in PATHS:
        one = opened(desk[1])
        one.sendall(HEAD.format(path, host, host, "application/x-www-form-urlencoded").encode() + b"a=b")
        one.close()
    assert httpx2.get(f"{desk[1]}/seat/abc", timeout=10).status_code == 404
    assert "Traceback" not in caplog.text

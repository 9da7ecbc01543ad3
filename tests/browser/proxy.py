"""A proxy between browser and app, as people put one there, with what it does to WebSockets."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

UPGRADE = re.compile(rb"(?im)^upgrade: *websocket")
CONNECTION = re.compile(rb"(?im)^connection:[^\r]*")
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Where it is; whether it lets WebSockets through; an end to all that goes through it."""

    def __init__(self, url: str, opened: threading.Event, gone: threading.Event) -> None:
        self.url, self.open, self._gone = url, opened, gone
        self.connections: set[socket.socket] = set()

    def hang_up(self) -> None:
        """From now on nobody is there."""
        self._gone.set()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(app_url: str, *, refuse: bool = True) -> Iterator[Proxy]:
    """Passes everything on; a WebSocket only once `open` is set.

    Until then it is refused, as by a proxy that was not told of it, or kept waiting.
    """
    target = (urlsplit(app_url).hostname, urlsplit(app_url).port)
    opened, gone = threading.Event(), threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            between.connections.add(self.request)
            with suppress(OSError):
                head = read_head(self.request)
                if gone.is_set():
                    return
                if UPGRADE.search(head):
                    while not (refuse or opened.is_set() or gone.is_set()):
                        opened.wait(0.1)
                    if not opened.is_set():
                        self.request.sendall(REFUSAL)
                        return
                else:  # one request for each connection
                    head = CONNECTION.sub(b"Connection: close", head)
                with socket.create_connection(target) as app:
                    app.sendall(head)
                    back = threading.Thread(target=pour, args=(app, self.request), daemon=True)
                    back.start()
                    pour(self.request, app)
                    back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        between = Proxy(f"http://127.0.0.1:{server.server_address[1]}", opened, gone)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield between
        finally:
            between.hang_up()
            server.shutdown()


def read_head(request: socket.socket) -> bytes:
    """A request up to the end of its headers, with what came along."""
    head = b""
    while b"\r\n\r\n" not in head:
        if not (more := request.recv(65536)):
            raise ConnectionResetError
        head += more
    return head


def pour(source: socket.socket, into: socket.socket) -> None:
    """Everything from one end to the other, and then the end itself."""
    with suppress(OSError):
        while data := source.recv(65536):
            into.sendall(data)
    with suppress(OSError):
        into.shutdown(socket.SHUT_WR)

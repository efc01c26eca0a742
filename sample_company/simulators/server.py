"""The HTTP server that all simulators share: one port of the loopback, threads, keep-alive, gzip.

Belongs here: sockets, the request log, and how faults are done to an answer. Does not: what an API
says (each simulator's `answer`) or when a fault is due (faults).
"""

from __future__ import annotations

import gzip
import re
import socket
import struct
import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from sample_company.simulators.faults import Fault, Faults
from sample_company.simulators.messages import Logged, Request, Response

DRIPS = 20
GZIP_FROM_BYTES = 1024


class Simulator(ABC):
    """A server to start and stop, or to use in a `with` statement."""

    def __init__(self) -> None:
        """Make a simulator that does not listen yet."""
        self.faults = Faults()
        self.log: list[Logged] = []
        self._server: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Answer a request truthfully; called from several threads."""

    def now(self) -> datetime:
        """The present that the `Date` of answers tells; a simulated system has its own."""
        return datetime.now(UTC)

    def count(self, path: str = "") -> int:
        """How many requests came whose method, blank and path match a regular expression."""
        pattern = re.compile(path)
        return sum(bool(pattern.search(f"{line.method} {line.path}")) for line in self.log)

    @property
    def url(self) -> str:
        """Where it listens, `http://127.0.0.1:port`; RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("the simulator does not listen: start it first")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self, port: int = 0, listening: int | None = None) -> Self:
        """Listen on the loopback, by default on a free port; OSError when the port is taken.

        `listening` is the number of an open file: a socket that listens already, of whoever started
        this process and knows its address.
        """
        server = _Server(("127.0.0.1", port), _handler_of(self), listening is None)
        if listening is not None:
            server.socket.close()
            server.socket = socket.socket(fileno=listening)
            server.server_address = server.socket.getsockname()
        self._server = server
        self._thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening; a second call does nothing."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        """Start on a free port."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that leaves in the middle of a page is no news; its thread just ends.
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


def _handler_of(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        owner = simulator

    return Handler


class _Handler(BaseHTTPRequestHandler):
    owner: Simulator
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def _handle(self) -> None:
        request = self._request()
        fault = self.owner.faults.next_for(request.method, request.target)
        if fault is not None and fault.happens is not None:
            fault.happens()
        if fault is not None and fault.response is not None:
            response = fault.response
        else:
            response = self.owner.answer(request)
        name = fault.name if fault else ""
        self.owner.log.append(
            Logged(request.method, request.path, request.query, response.status, name)
        )
        self._send(request, response, fault)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = _handle  # noqa: N815

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        fields = parse_qs(parts.query, keep_blank_values=True)
        return Request(
            self.command,
            parts.path,
            self.path,
            {name: values[0] for name, values in fields.items()},
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
            self.owner.url,
        )

    def _send(self, request: Request, response: Response, fault: Fault | None) -> None:
        harm = fault.harm if fault else "answer"
        wants_gzip = "gzip" in request.headers.get("accept-encoding", "")
        if not isinstance(response.body, bytes):
            if harm in ("answer", "event"):
                self._send_parts(response, response.body, wants_gzip)
                return
            response.body = b"".join(response.body)
        body = response.body
        if harm == "truncate":
            self._send_until_close(response, body[: len(body) // 2])
            return
        self._begin(response)
        if wants_gzip and len(body) >= GZIP_FROM_BYTES:
            body = gzip.compress(body, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
        if response.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if request.method == "HEAD":
            return
        if harm == "cut":
            self._cut(body)
        elif harm == "drip" and fault is not None:
            self._drip(body, fault.seconds)
        else:
            self.wfile.write(body)

    def _begin(self, response: Response) -> None:
        self.send_response(response.status)
        if response.status != 204:
            self.send_header("Content-Type", response.content_type)
        for name, value in response.headers.items():
            self.send_header(name, value)

    def _send_parts(self, response: Response, parts: Iterable[bytes], wants_gzip: bool) -> None:
        self._begin(response)
        self.send_header("Transfer-Encoding", "chunked")
        if wants_gzip:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for part in _gzipped(parts) if wants_gzip else parts:
            if part:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def _send_until_close(self, response: Response, body: bytes) -> None:
        self._begin(response)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _cut(self, body: bytes) -> None:
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        # Closing with data unsent and no linger resets the connection.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _drip(self, body: bytes, seconds: float) -> None:
        size = max(1, -(-len(body) // DRIPS))
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            time.sleep(seconds / DRIPS)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer."""
        return format_datetime(self.owner.now(), usegmt=True)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep standard error clean; `Simulator.log` has the requests."""


def _gzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()

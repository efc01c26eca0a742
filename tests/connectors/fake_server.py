"""An HTTP server with a clock of its own, for fakes that answer in JSON."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """Of the address, and of the form."""
        return dict(parse_qsl(self.query)) | dict(parse_qsl(self.body.decode()))


@dataclass
class Said:
    """One answer."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class FakeServer:
    """The server; `plan` holds answers that come before the true ones."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 11, 12, tzinfo=UTC)
        self.plan: deque[Said | None] = deque()
        self.asked: list[Asked] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body in one packet

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(
                    self.command, parts.path, parts.query, headers, self.rfile.read(length)
                )
                fake.asked.append(asked)
                said = fake.plan.popleft() if fake.plan else None
                said = said or fake.answer(asked)
                text = json.dumps(said.body).encode()
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_POST(self) -> None:
                self.do_GET()

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(fake.now, usegmt=True)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, asked: Asked) -> Said:
        """What is true."""
        raise NotImplementedError(asked.path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest
from policy_pages import PAGE, POLICY

from policytools.corpus.add import add_policy


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    add_policy(folder, POLICY.replace("printer", "3D printer").encode(), vendor="First", policy_id="first")
    return folder


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers["User-Agent"]))
        answer = self.server.answers.get(self.path, (404, {}, b"nothing here"))
        if callable(answer):
            return answer(self)
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.answers, server.seen = True, {"/privacy": (200, {}, PAGE.encode())}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()

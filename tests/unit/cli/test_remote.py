"""The HTTP client, against a server of canned answers."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from retouch.cli.remote import Remote, Unreachable, connect
from retouch.errors import BadInput, OutOfMemory, RetouchError


@pytest.fixture
def server():
    """Answers what `server.canned` says; remembers the requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append((self.path, dict(self.headers), self._body()))
            status, body = self.server.canned
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.do_GET()

        def _body(self):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.canned = [], (200, b"{}")
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_verb_is_posted_as_json(server):
    server.canned = (200, b'{"regions": []}')
    assert connect(server.url).answer("detect", {"image": "x"}) == {"regions": []}
    path, headers, body = server.seen[0]
    assert path == "/retouch/v1/detect"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"image": "x"}
    assert "Authorization" not in headers


def test_credentials_in_the_url_are_sent_and_never_printed(server):
    login = server.url.replace("://", "://me:p%40ss@")
    server.canned = (401, b"{}")
    with pytest.raises(Unreachable, match="asks for user and password") as error:
        connect(login).recipes()
    assert server.seen[0][1]["Authorization"] == "Basic bWU6cEBzcw=="
    assert "p@ss" not in str(error.value)
    assert "p%40ss" not in str(error.value)


def test_error_of_the_server_is_raised_as_the_same_class(server):
    said = {"error": "BadInput", "path": "steps", "what": "0 is out of bounds.", "hint": "1 to 150."}
    server.canned = (422, json.dumps(said).encode())
    with pytest.raises(BadInput) as error:
        connect(server.url).answer("fix", {})
    assert error.value.as_json() == said
    server.canned = (500, json.dumps({**said, "error": "OutOfMemory"}).encode())
    with pytest.raises(OutOfMemory):
        connect(server.url).answer("fix", {})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, b"oh no", RetouchError),
        (422, b'{"error": "difflib"}', RetouchError),
        (404, b'{"detail": "Not Found"}', Unreachable),
        (200, b"<html>", Unreachable),
        (200, b"[1]", Unreachable),
    ],
)
def test_invalid_answer_of_a_server_is_one_sentence_with_its_url(server, status, body, kind):
    server.canned = (status, body)
    with pytest.raises(RetouchError) as error:
        connect(server.url).recipes()
    assert type(error.value) is kind
    assert server.url in str(error.value)


def test_unreachable_server_is_reported():
    with pytest.raises(Unreachable, match="does not answer"):
        connect("http://127.0.0.1:9").recipes()


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("http://127.0.0.1:7860/", Remote("http://127.0.0.1:7860")),
        ("127.0.0.1:7860", Remote("http://127.0.0.1:7860")),
        ("https://me:x@host/sub", Remote("https://host/sub", "me:x")),
    ],
)
def test_server_url_is_normalized_and_credentials_are_split_off(url, remote):
    assert connect(url) == remote


@pytest.mark.parametrize("url", ["ftp://host", "file:///etc/passwd", "http://"])
def test_url_without_http_or_host_is_refused(url):
    with pytest.raises(BadInput):
        connect(url)

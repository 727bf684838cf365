"""Downloads against a server on this machine that breaks in every way servers break."""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from retouch.errors import DownloadFailed, Missing
from retouch.weights import download
from retouch.weights.catalogue import CATALOGUE, Weights, entry
from retouch.weights.download import fetch

BODY = bytes(range(256)) * 4096


@dataclass
class Server:
    """What it answers, request by request (the last for good), and what it was asked."""

    replies: list[str] = field(default_factory=lambda: ["whole"])
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        self.ranges.append(request.headers.get("Range"))
        start = int(re.findall(r"\d+", self.ranges[-1] or "0")[0])
        if reply.isdigit():
            request.send_error(int(reply))
            return
        resumed = start > 0 and reply != "no ranges"
        body = {"other": b"?" * len(BODY), "longer": BODY * 2}.get(reply, BODY)[start if resumed else 0 :]
        if reply == "half chunks":
            self.half_chunks(request, body[: len(body) // 2])
            return
        request.send_response(206 if resumed else 200)
        if resumed:
            request.send_header("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if reply == "half" else body)

    @staticmethod
    def half_chunks(request: BaseHTTPRequestHandler, body: bytes) -> None:
        """A chunked answer that ends without its last chunk: http.client's IncompleteRead."""
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), state.handler())
    state.url = f"http://127.0.0.1:{http.server_address[1]}/model.pt"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


def item(url: str) -> Weights:
    sha256 = hashlib.sha256(BODY).hexdigest()
    return Weights("model.pt", url, sha256, len(BODY), "yolo", ("face",), "", "")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_download_is_complete_and_reports_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = fetch(item(server.url), tmp_path / "new", watch=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == BODY
    assert files(tmp_path / "new") == ["model.pt"]
    assert seen[-1] == (len(BODY), len(BODY))


def test_existing_file_is_not_downloaded(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"mine")
    assert fetch(item(server.url), tmp_path).read_bytes() == b"mine"
    assert server.ranges == []


def test_a_broken_connection_is_resumed_where_it_ended(server: Server, tmp_path: Path) -> None:
    server.replies = ["half", "whole"]
    assert fetch(item(server.url), tmp_path, pause=0).read_bytes() == BODY
    assert server.ranges == [None, f"bytes={len(BODY) // 2}-"]


def test_truncated_chunked_answer_is_retried_up_to_the_limit(server: Server, tmp_path: Path) -> None:
    server.replies = ["half chunks", "whole"]
    assert fetch(item(server.url), tmp_path, pause=0).read_bytes() == BODY
    (tmp_path / "model.pt").unlink()
    server.replies = ["half chunks"]
    with pytest.raises(DownloadFailed, match="could not be downloaded in 4 attempts"):
        fetch(item(server.url), tmp_path, pause=0)


def test_an_encrypted_connection_that_breaks_is_tried_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults, pour = [ssl.SSLError(1, "bad record mac")], download._pour

    def breaking(*args: Any) -> None:
        if faults:
            raise faults.pop()
        pour(*args)

    monkeypatch.setattr(download, "_pour", breaking)
    assert fetch(item(server.url), tmp_path, pause=0).read_bytes() == BODY
    assert server.ranges == [None, None]


def test_partial_download_of_an_earlier_run_is_resumed(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.pt.part").write_bytes(BODY[:1000])
    assert fetch(item(server.url), tmp_path).read_bytes() == BODY
    assert server.ranges == ["bytes=1000-"]


def test_a_server_that_cannot_resume_starts_over(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.pt.part").write_bytes(b"x" * 1000)
    server.replies = ["no ranges"]
    assert fetch(item(server.url), tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("reply", ["other", "longer"])
def test_download_with_another_sha256_is_deleted(server: Server, tmp_path: Path, reply: str) -> None:
    server.replies = [reply]
    with pytest.raises(DownloadFailed, match=r"is not model\.pt: its sha256 is"):
        fetch(item(server.url), tmp_path, pause=0)
    assert files(tmp_path) == []


def test_damaged_partial_download_is_discarded(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.pt.part").write_bytes(b"x" * 1000)
    with pytest.raises(DownloadFailed, match="sha256"):
        fetch(item(server.url), tmp_path)
    assert fetch(item(server.url), tmp_path).read_bytes() == BODY


def test_download_truncated_every_time_fails_and_keeps_its_part(server: Server, tmp_path: Path) -> None:
    server.replies = ["half"]
    with pytest.raises(DownloadFailed, match="could not be downloaded in 4 attempts"):
        fetch(item(server.url), tmp_path, pause=0)
    assert files(tmp_path) == ["model.pt.part"]
    assert len(server.ranges) == download.ATTEMPTS


def test_answer_404_is_not_retried(server: Server, tmp_path: Path) -> None:
    server.replies = ["404"]
    with pytest.raises(DownloadFailed, match="answers 404"):
        fetch(item(server.url), tmp_path, pause=0)
    assert len(server.ranges) == 1


def test_a_busy_server_is_tried_again(server: Server, tmp_path: Path) -> None:
    server.replies = ["503", "429", "whole"]
    assert fetch(item(server.url), tmp_path, pause=0).read_bytes() == BODY


def test_no_network_names_the_file_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/model.pt"
        with pytest.raises(DownloadFailed, match="Is there a network\\? Download http") as failure:
            fetch(item(url), tmp_path, pause=0)
    assert "model.pt" in failure.value.what


def test_offline_download_is_missing_without_a_request(server: Server, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="offline"):
        fetch(item(server.url), tmp_path, offline=True)
    assert server.ranges == []


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_insufficient_disk_space_is_reported_before_any_request(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    with pytest.raises(DownloadFailed, match="0 MiB are free"):
        fetch(item(server.url), tmp_path)
    assert server.ranges == []


def test_disk_full_during_download_leaves_no_file(server: Server, tmp_path: Path) -> None:
    def full(done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DownloadFailed, match="does not fit on the disk"):
        fetch(item(server.url), tmp_path, watch=full)
    assert files(tmp_path) == []


def test_folder_that_cannot_be_created_fails_the_download(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadFailed, match="cannot be written"):
        fetch(item(server.url), tmp_path / "file")


def test_concurrent_fetches_download_once(server: Server, tmp_path: Path) -> None:
    threads = [threading.Thread(target=fetch, args=(item(server.url), tmp_path)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "model.pt").read_bytes() == BODY
    assert server.ranges == [None]


@pytest.mark.parametrize("known", CATALOGUE, ids=lambda known: known.name)
def test_every_catalogue_entry_has_a_pinned_url_and_sha256(known: Weights) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", known.sha256)
    assert re.fullmatch(r"https://huggingface\.co/[^/]+/[^/]+/resolve/[0-9a-f]{40}/.+", known.url)
    assert known.url.endswith(f"/{known.name}")
    assert known.size > 1 << 20
    assert entry(known.name) == known


def test_the_readme_lists_every_entry() -> None:
    readme = (Path(__file__).parents[3] / "models" / "README.md").read_text("utf-8")
    for known in CATALOGUE:
        assert known.name in readme
        assert known.sha256 in readme

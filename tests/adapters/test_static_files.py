"""The page's files: all of them, and nothing else of this machine."""

from __future__ import annotations

import re
import shutil

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from retouch.api import addresses, static_files
from retouch.app import page as app_page


def test_page_names_its_script_style_sheet_and_api_path():
    page = app_page.render_studio()
    assert 'src="javascript/retouch.mjs"' in page
    assert 'rel="stylesheet" href="javascript/bundle/studio.css"' in page
    assert 'rel="modulepreload" href="javascript/bundle/studio.mjs"' in page
    assert 'data-api="retouch/v1"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/javascript/retouch/styles/studio.css",
        "/javascript/retouch/styles/theme.css",
        "/javascript/retouch.mjs",
        "/javascript/retouch/studio.mjs",
        "/javascript/retouch/vendor/fflate.mjs",
    ],
)
def test_script_and_style_paths_resolve_to_files(path):
    found = static_files.asset(path)
    assert found is not None
    assert found.suffix in static_files.TYPES


@pytest.mark.parametrize(
    "path",
    [
        "/javascript/../retouch/app/server.py",
        "/javascript/../../../etc/passwd",
        "/javascript//etc/passwd",
        "/javascript/../README.md",
        "/javascript",
        "/javascript/none.mjs",
        "/retouch/app/server.py",
        "/javascript/\x00.mjs",
    ],
)
def test_path_outside_the_assets_is_not_served(path):
    assert static_files.asset(path) is None


def test_every_import_of_the_page_resolves_to_a_file():
    for path in sorted((static_files.ASSETS / static_files.SOURCES).rglob("*.mjs")):
        names = re.findall(r'(?:from|import)\s*\(?\s*"([^"]+)"', path.read_text("utf-8"))
        for name in names:
            assert name.startswith(("./", "../")), f"{path.name}: {name} would not resolve in the WebUI"
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"


def test_every_style_sheet_is_imported():
    sheets = {
        path.name: path.read_text("utf-8")
        for path in (static_files.ASSETS / "javascript" / "retouch" / "styles").iterdir()
    }
    imported = re.findall(r'@import url\("(.*?)"\)', sheets.pop("studio.css"))
    assert sorted(imported) == sorted(sheets)


@pytest.mark.parametrize("prefix", ["", addresses.FILES])
def test_unchanged_file_is_answered_304_by_its_etag(prefix):
    app = FastAPI()
    static_files.add_files(app, prefix)
    client = TestClient(app)
    url = f"{prefix}/javascript/retouch/studio.mjs"
    first = client.get(url)
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"].startswith("text/javascript")
    again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"older"'}).content == first.content
    assert (
        client.get(f"{prefix}/javascript/retouch/styles/studio.css").headers["etag"] != first.headers["etag"]
    )
    assert client.get(f"{prefix}/javascript/..%2f..%2fREADME.md").status_code == 404


@pytest.mark.parametrize("name", static_files.BUNDLES)
def test_bundle_is_up_to_date(name):
    path = static_files.ASSETS / name
    assert static_files.read_file(path) == path.read_bytes(), "Run `python3 dev.py bundle`, then commit."


@pytest.mark.parametrize("name", static_files.BUNDLES)
def test_bundle_of_other_sources_is_replaced_by_a_reference_to_the_sources(name, tmp_path, monkeypatch):
    shutil.copytree(static_files.ASSETS / "javascript", tmp_path / "javascript")
    monkeypatch.setattr(static_files, "ASSETS", tmp_path)
    assert len(static_files.read_file(tmp_path / name)) > 10_000
    source = next((tmp_path / static_files.SOURCES).rglob(f"*{(tmp_path / name).suffix}"))
    source.write_text(source.read_text("utf-8") + "\n", "utf-8")
    reference = static_files.read_file(tmp_path / name).decode()
    assert ((tmp_path / name).parent / reference.split('"')[1]).is_file()


UNBUDGETED = {"vendor/fflate.mjs", "ui/text.mjs"}
"""A library of others, and the words of the page, which are data."""


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted((static_files.ASSETS / static_files.SOURCES).rglob("*.mjs"))
        if f"{path.parent.name}/{path.name}" not in UNBUDGETED
    ],
    ids=lambda path: path.name,
)
def test_a_module_stays_within_its_budget(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_page_creates_no_footer_element():
    """Its style sheet hides every footer on the page."""
    modules = (static_files.ASSETS / "javascript").rglob("*.mjs")
    assert [path.name for path in modules if 'h("footer"' in path.read_text("utf-8")] == []

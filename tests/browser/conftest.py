"""A real Chromium and the standalone studio; a fresh session for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from skimage import data

from tests.browser.backend import Server, serving
from tests.browser.editor import MARK, Editor
from tools.environment import chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DISC = (150, 100)
"""The middle of the thing in the picture."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("recipes")) as server:
        yield server


@pytest.fixture
def server(served: Server) -> Server:
    served.reset()
    return served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path, "There is no Chromium: `python3 dev.py test` sets one up, or name one in RETOUCH_CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def session(browser: Browser, server: Server) -> Iterator[Callable[..., Editor]]:
    """Opens the studio in a browser session of its own. A fault on any page fails the test."""
    made: list[Editor] = []

    def start(before: Callable[[Page], object] = lambda page: None, **how: object) -> Editor:
        settings = {"viewport": {"width": 1200, "height": 760}, "reduced_motion": "reduce", **how}
        editor = Editor(browser.new_context(**settings).new_page(), server.url)
        before(editor.page)
        made.append(editor)
        return editor.start()

    yield start
    faults = [fault for editor in made for fault in editor.faults]
    for editor in made:
        editor.page.context.close()
    assert not faults


@pytest.fixture
def editor(session: Callable[..., Editor], picture: Path) -> Editor:
    """A session with the picture open."""
    one = session()
    one.open(picture)
    return one


@pytest.fixture
def pixels() -> np.ndarray:
    """A red disc on a slope of greens, with a little noise, so that every pixel that moves shows."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:200, :300]
    out = np.stack([20 + x * 0, 90 + y // 4, 60 + x // 6], 2) + random.integers(0, 6, (200, 300, 3))
    out[(x - DISC[0]) ** 2 + (y - DISC[1]) ** 2 < 40**2] = (200, 40, 30)
    return out.astype(np.uint8)


@pytest.fixture
def picture(tmp_path: Path, pixels: np.ndarray) -> Path:
    path = tmp_path / "disc.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    Image.fromarray(data.astronaut()[:360, 60:420]).save(path)
    return path


@pytest.fixture
def own_recipes(server: Server) -> Iterator[Path]:
    """The folder of the person's own; afterwards nobody has any but the tests'."""
    own = server.backend.own_recipes
    assert own
    before = {path: path.read_bytes() for path in own.iterdir()}
    yield own
    for path in own.iterdir():
        path.unlink()
    for path, content in before.items():
        path.write_bytes(content)


@pytest.fixture
def marked(tmp_path: Path) -> Callable[..., Path]:
    """A grey picture file with a mark of 4 x 4 pixels whose middle pixels are around `at`."""

    def make(
        size: tuple[int, int], at: tuple[int, int], name: str = "marked.png", orientation: int = 1
    ) -> Path:
        out = np.full((size[1], size[0], 3), 128, np.uint8)
        out[at[1] - 2 : at[1] + 2, at[0] - 2 : at[0] + 2] = MARK
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = tmp_path / name
        Image.fromarray(out).save(path, exif=exif, quality=100, subsampling=0)
        return path

    return make

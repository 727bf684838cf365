from pathlib import Path

import pytest

from retouch.image.codec import encoder
from tests.stand import photo


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    for i, name in enumerate(("a.png", "b.jpg", "c.webp")):
        encoder.write(photo(seed=i), folder / name)
    return folder

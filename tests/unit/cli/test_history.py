import dataclasses

import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.cli.command import main
from retouch.image.codec import encoder
from retouch.image.geometry import Box
from retouch.pipeline import history_file
from retouch.pipeline.history import History
from retouch.testing import FakeProgress
from tests.stand import BOX, Stand, photo

OTHER = Box(150, 100, 200, 160)


@pytest.fixture
def service():
    return ApiService(Stand(boxes=(BOX, OTHER)))


@pytest.fixture
def fixed(service, tmp_path):
    """A photograph, fixed, with its history beside it."""
    encoder.write(photo(), tmp_path / "a.png")
    words = ["fix", str(tmp_path / "a.png"), "-o", str(tmp_path / "out"), "--target", "face", "--history"]
    assert main([*words, "--order", "left to right", "--seed", "5"], service) == 0
    return tmp_path / "out" / "a.png"


def history_of(picture):
    return picture.with_name(picture.name + ".retouch")


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


def test_fix_writes_a_history_file_beside_each_photograph_on_request(fixed, service, tmp_path):
    history, about = history_file.read(history_of(fixed).read_bytes())
    assert np.array_equal(history.now().pixels, pixels(fixed))
    assert history.picture == photo()
    assert "face" in about["infotext"]
    main(["fix", str(tmp_path / "a.png"), "-o", str(tmp_path / "plain"), "--target", "face"], service)
    assert [p.name for p in (tmp_path / "plain").iterdir()] == ["a.png"]


def test_steps_are_listed_and_nothing_is_written(fixed, service, capsys):
    before = {path: path.read_bytes() for path in fixed.parent.iterdir()}
    capsys.readouterr()
    assert main(["history", str(history_of(fixed))], service) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in out] == [["on", "1"], ["on", "2"]]
    assert "seed 5" in out[0]
    assert {path: path.read_bytes() for path in fixed.parent.iterdir()} == before


def test_revert_writes_a_history_from_which_the_step_can_be_restored(fixed, service, tmp_path):
    less = tmp_path / "less.png"
    assert main(["history", str(history_of(fixed)), "--revert", "1", "-o", str(less)], service) == 0
    assert np.array_equal(pixels(less)[:, :120], photo().pixels[:, :120])
    assert not np.array_equal(pixels(less), photo().pixels)
    back = tmp_path / "back.png"
    assert main(["history", str(history_of(less)), "--restore", "1", "-o", str(back)], service) == 0
    assert np.array_equal(pixels(back), pixels(fixed))


def test_repaint_uses_a_new_seed_and_waits_for_the_queue(fixed, service, tmp_path, capsys):
    again = tmp_path / "again.png"
    assert main(["history", str(history_of(fixed)), "--repaint", "2", "-o", str(again)], service) == 0
    assert "seed 6" not in capsys.readouterr().out
    assert service.backend.jobs[-1] == "history"


@pytest.mark.parametrize(
    "words", [["--revert", "x"], ["--revert", "9"], ["--choose", "1"], ["--revert", "1", "--repaint", "1"]]
)
def test_invalid_arguments_of_history_are_reported(fixed, service, words, capsys):
    assert main(["history", str(history_of(fixed)), *words], service) == 2
    assert "retouch:" in capsys.readouterr().err


def test_inpaint_history_is_repaintable_within_its_mask(service, tmp_path, capsys):
    encoder.write(photo(), tmp_path / "a.png")
    again = tmp_path / "again.png"
    words = ["inpaint", str(tmp_path / "a.png"), "-o", str(tmp_path / "out"), "--box", "60,50,120,110"]
    assert main([*words, "--intent", "remove", "--seed", "5", "--history"], service) == 0
    (file,) = (tmp_path / "out").glob("*.retouch")
    out = file.with_suffix("")
    assert main(["history", str(file), "--repaint", "1", "-o", str(again)], service) == 0
    assert "Remove at 60,50" in capsys.readouterr().out
    assert not np.array_equal(pixels(again), pixels(out))
    best = history_file.read(file.read_bytes())[0].entries[0].best
    outside = np.ones(pixels(out).shape[:2], bool)
    outside[best.box.slices] = best.mask.alpha == 0
    assert not (pixels(again) != photo().pixels)[outside].any()


def test_step_without_stored_settings_is_marked_and_not_repainted(fixed, service, capsys):
    held, about = history_file.read(history_of(fixed).read_bytes())
    entries = (dataclasses.replace(held.entries[0], step=None, name="By hand"), held.entries[1])
    history_of(fixed).write_bytes(history_file.write_history(History(held.picture, entries), about))
    assert main(["history", str(history_of(fixed))], service) == 0
    first, second = capsys.readouterr().out.splitlines()[-2:]
    assert "not to be painted again  By hand" in first
    assert "pass 1" in second
    assert main(["history", str(history_of(fixed)), "--repaint", "1"], service) == 2
    assert "the settings of step 1 are not stored" in capsys.readouterr().err


def test_interrupted_repaint_is_reported(fixed, service, capsys):
    service.backend.watcher = FakeProgress(stop_after=0)
    assert main(["history", str(history_of(fixed)), "--repaint", "1"], service) == 2
    assert "interrupted" in capsys.readouterr().err

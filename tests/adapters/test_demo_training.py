"""How the demo model is trained: the same again from a seed, and the same after a stop."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from retouch.app.sample_photos import SAMPLES
from retouch.engines.unshuffle import UnshuffleAutoencoder
from retouch.image.geometry import Size
from retouch.image.quality.seam import join
from tools import train_demo
from tools.demo_model import autoencoder, crops, loop, painter, words
from tools.demo_model.beyond import SHARED, continued
from tools.demo_model.crops import Album
from tools.demo_model.loop import LOG, Course, Run


def straight(model, step, rng):
    """A line through seeded points."""
    x = torch.from_numpy(rng.normal(size=(8, 1)).astype(np.float32))
    return (model(x) + 0.01 * torch.randn(8, 1) - 3 * x).square().mean()


def line_after(folder: Path, steps: int, *stops: int) -> nn.Module:
    """A line trained for `steps`, the run broken off after each of `stops`."""
    folder.mkdir()
    for stop in (*stops, steps):
        torch.manual_seed(1)
        run = Run(Course("line", steps, 0.1, 5), nn.Linear(1, 1), folder, "cpu")
        while run.step < stop:
            run._advance(straight)
        run.save()
    return run.average


def test_resumed_training_gives_the_weights_of_an_unbroken_run(tmp_path):
    whole = line_after(tmp_path / "whole", 30)
    broken = line_after(tmp_path / "broken", 30, 7, 19)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, broken.state_dict()[name])


def test_training_reduces_the_loss_and_writes_a_log(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "WARM_UP", 1)
    run = Run(Course("line", 100, 0.1, 5), nn.Linear(1, 1), tmp_path, "cpu")
    run.go(straight)
    with (tmp_path / LOG).open() as file:
        rows = [*csv.DictReader(file)]
    assert [row["step"] for row in rows] == ["50", "100"]
    assert float(rows[1]["loss"]) < float(rows[0]["loss"]) / 2


def test_finished_training_takes_no_further_step(tmp_path):
    line_after(tmp_path / "done", 5)
    again = Run(Course("line", 5, 0.1, 5), nn.Linear(1, 1), tmp_path / "done", "cpu")

    def never(*_):
        raise AssertionError

    again.go(never)


def test_rows_of_a_repeated_course_replace_its_old_log_rows():
    before = "course,step,loss,seconds\npainter,50,0.5,9\nfurther,50,0.4,9\n"
    now = "course,step,loss,seconds\nfurther,50,0.3,8\nlast,50,0.2,8\n"
    rows = train_demo._joined(before, now).split()
    assert rows == ["course,step,loss,seconds", "painter,50,0.5,9", "further,50,0.3,8", "last,50,0.2,8"]


def test_crops_are_cut_from_the_photographs_and_named_after_them():
    size = Size(320, 192)
    crops = Album.open(whole=0.5, near=painter.NEAR).draw(40, size, np.random.default_rng(3))
    assert {crop.pixels.shape for crop in crops} == {(192, 320, 3)}
    assert len({crop.sample.name for crop in crops}) >= 5
    assert all(set(crop.words) <= set(words.vocabulary()) for crop in crops)


def test_whole_photographs_start_on_the_latents_grid():
    whole = SAMPLES[1].scaled(256).pixels
    album = Album.wholes()
    crops = [c for c in album.draw(30, Size(96, 96), np.random.default_rng(0), 8) if c.sample is SAMPLES[1]]
    corners = [(y, x) for y in range(0, whole.shape[0] - 95, 8) for x in range(0, whole.shape[1] - 95, 8)]
    for crop in crops:
        assert any(np.array_equal(whole[y : y + 96, x : x + 96], crop.pixels) for y, x in corners)
    assert crops


def test_continuation_joins_the_border_and_differs_by_seed():
    pixels = SAMPLES[5].scaled(160).pixels
    one, same, other = (continued(pixels, 96, np.random.default_rng(seed)) for seed in (1, 1, 2))
    width = pixels.shape[1]
    assert one.shape == (pixels.shape[0], width + 96, 3)
    assert np.array_equal(one[:, : width - SHARED], pixels[:, :-SHARED])
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert abs(join(one, x=width)) < 2
    assert abs(join(one, x=width)) < join(np.hstack([pixels, 255 - pixels]), x=width) / 4


def test_extension_crops_lie_on_both_sides_and_include_new_pixels(monkeypatch):
    monkeypatch.setattr(crops, "VIEWS", 1)
    monkeypatch.setattr(crops, "SAMPLES", SAMPLES[1:2])
    right, left = Album.beyond(np.random.default_rng(0)).levels
    whole = SAMPLES[1].scaled(256).pixels
    kept = whole.shape[1] - SHARED
    assert np.array_equal(right.pixels[:, :kept], whole[:, :kept])
    assert np.array_equal(left.pixels[:, -kept:], whole[:, -kept:])
    assert right.area.left == whole.shape[1] - crops.BESIDE
    assert left.area.right == crops.BEYOND + crops.BESIDE


def test_leaning_faces_are_rotated_about_their_center(monkeypatch):
    monkeypatch.setattr(crops, "VIEWS", 2)
    leaning, straight = Album.leaning_faces(np.random.default_rng(0)).levels, Album.mended_faces().levels
    for number, level in enumerate(leaning):
        upright = straight[number // 2]
        assert level.area == upright.area
        x, y = map(round, upright.area.center)
        spot = np.s_[y - 2 : y + 2, x - 2 : x + 2]
        assert np.abs(level.pixels[spot].mean((0, 1)) - upright.pixels[spot].mean((0, 1))).max() < 12
        assert np.abs(level.pixels.astype(int) - upright.pixels).mean() > 4


def test_extra_training_pools_are_used_only_by_later_courses(monkeypatch):
    monkeypatch.setattr(crops, "VIEWS", 1)
    pools = [painter.Pool(torch.zeros(1, 4, 4, 4), ((),), diet) for diet in painter.diets(0)]
    shares = [
        painter.Lesson(pools, None, "cpu", part)._shares(step)
        for part, step in ((0, 0), (0, painter.BROAD_STEPS), (2, 0), (3, 0))
    ]
    assert [round(sum(part), 6) for part in shares] == [1, 1, 1, 1]
    assert [sum(part[-2:]) > 0 for part in shares] == [False, False, True, True]


def test_known_word_is_one_token_and_unknown_words_are_none(tmp_path):
    known = words.tokenizer(tmp_path)
    for word in words.vocabulary():
        assert known.tokenize(word) == [f"{word}</w>"]
    empty = known("", padding="max_length").input_ids
    assert known("xyzzy, 3 zeppelins", padding="max_length").input_ids == empty
    assert known("a tabby", padding="max_length").input_ids != empty


def test_training_prompt_has_clip_length_and_only_the_given_words(tmp_path):
    known = words.tokenizer(tmp_path)
    rng = np.random.default_rng(0)
    for _ in range(50):
        ids = words.prompt_ids(("cat", "fur", "tabby", "kitten"), known, rng)
        said = [known.decode([i]).strip() for i in ids if i not in (known.bos_token_id, known.eos_token_id)]
        assert len(ids) == words.LENGTH
        assert ids[0] == known.bos_token_id
        assert 1 <= len(said) <= words.MAX_WORDS
        assert set(said) <= {"cat", "fur", "tabby", "kitten"}


def test_autoencoder_training_halves_the_loss(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "WARM_UP", 5)
    monkeypatch.setattr(autoencoder, "BATCH", 2)
    torch.manual_seed(0)
    small = UnshuffleAutoencoder((3, 12, 16, 16), decoder_width=16, depth=(1, 1))
    run = Run(Course("small", 60, 2e-3, 1), small, tmp_path, "cpu")
    lesson = autoencoder.Lesson("cpu")
    first = np.mean([run._advance(lesson) for _ in range(10)])
    run.go(lesson)
    last = np.mean([run._advance(lesson) for _ in range(10)])
    assert last < first / 2


def test_autoencoder_accepts_only_multiples_of_8_pixels(tmp_path):
    vae = UnshuffleAutoencoder((3, 12, 16, 16), decoder_width=16, depth=(1, 1))
    with torch.no_grad():
        latents = vae.encode(torch.zeros(2, 3, 64, 40)).latents
        back = vae.decode(latents).sample
    assert latents.shape == (2, 4, 8, 5)
    assert back.shape == (2, 3, 64, 40)
    with pytest.raises(RuntimeError):
        vae.encode(torch.zeros(1, 3, 66, 40))

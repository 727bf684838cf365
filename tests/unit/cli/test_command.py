from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.cli import command
from retouch.cli.remote import Unreachable
from retouch.errors import PaintFailed
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.knobs import knobs_of
from retouch.recipes.sampling import Overrides
from retouch.testing import FakeProgress
from tests.stand import BOX, Stand, photo

PLAIN = ("--target", "face")
"""A pass without the gate of the built-in recipes, which would revert the fake engine's flat colours."""


def run(*words: object, stand: Stand | None = None, door=None) -> int:
    return command.main([str(word) for word in words], door or ApiService(stand or Stand()))


def test_fix_repaints_a_folder_and_keeps_every_file_format(album, tmp_path):
    out = tmp_path / "out"
    assert run("fix", album, *PLAIN, "-o", out) == 0
    kinds = {path.name: Image.open(path).format for path in sorted(out.iterdir())}
    assert kinds == {"a.png": "PNG", "b.jpg": "JPEG", "c.webp": "WEBP"}
    before, after = photo().pixels, decoder.read(out / "a.png").pixels
    assert not np.array_equal(before[BOX.slices], after[BOX.slices])
    assert np.array_equal(before[150:], after[150:])


def test_photograph_without_detections_is_copied_byte_by_byte(album, tmp_path):
    Image.fromarray(photo().pixels).save(album / "d.bmp")
    assert run("fix", album, "-o", tmp_path / "out", stand=Stand(boxes=())) == 0
    for name in ("a.png", "b.jpg", "c.webp"):
        assert (tmp_path / "out" / name).read_bytes() == (album / name).read_bytes()
    assert np.array_equal(decoder.read(tmp_path / "out" / "d.bmp.png").pixels, photo().pixels)


def test_detect_into_its_input_folder_can_be_repeated(album):
    assert run("detect", album, "-o", album) == 0
    there = sorted(album.iterdir())
    assert run("detect", album, "-o", album, "--force") == 0
    assert sorted(album.iterdir()) == there


def test_second_run_fixes_only_missing_results_unless_forced(album, tmp_path):
    out, stand = tmp_path / "out", Stand()
    assert run("fix", album, *PLAIN, "-o", out, stand=stand) == 0
    (out / "b.jpg").unlink()
    stand.jobs.clear()
    assert run("fix", album, *PLAIN, "-o", out, stand=stand) == 0
    assert stand.jobs == ["fix"]
    assert (out / "b.jpg").exists()
    assert run("fix", album, *PLAIN, "-o", out, "--force", stand=stand) == 0
    assert stand.jobs == ["fix"] * 4


def test_a_file_that_fails_is_named_and_the_rest_goes_on(album, tmp_path, capsys):
    (album / "b.jpg").write_bytes(b"not a picture")
    assert run("fix", album, *PLAIN, "-o", tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert f"failed: {album / 'b.jpg'}" in said
    assert "not a readable picture" in said
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.png", "c.webp"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--recipe", "Face polisch"], "Did you mean 'Face polish'?"),
        (["--recipe", "gone.json"], "gone.json cannot be read"),
        (["--target", "toes"], "no detector is called 'toes'"),
        (["--steps", "0"], "steps: 0 is out of bounds. Allowed: 1 to 150."),
        (["--denoising-strength", "2"], "denoising_strength: 2.0 is out of bounds"),
        (["--recipe", "Crowd", "--target", "face"], "Leave one out"),
    ],
)
def test_error_that_concerns_every_file_stops_before_any_work(album, tmp_path, capsys, words, said):
    stand = Stand()
    assert run("fix", album, "-o", tmp_path / "out", *words, stand=stand) == 2
    assert said in capsys.readouterr().err
    assert stand.engine.calls == []
    assert not (tmp_path / "out").exists()


def test_argument_naming_no_photograph_is_refused_before_any_work(album, tmp_path, capsys):
    assert run("fix", album, tmp_path / "gone.png", "-o", tmp_path / "out") == 2
    assert "gone.png' names no photograph" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_damaged_recipe_file_is_refused_by_name(album, tmp_path, capsys):
    (tmp_path / "mine.json").write_text('{"passes": [{"stepz": 1}]}')
    assert run("fix", album, "--recipe", tmp_path / "mine.json", "-o", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert "mine.json: passes[0].stepz" in said
    assert "Did you mean 'steps'?" in said


def test_sampling_flags_reach_the_engine(album, tmp_path):
    stand = Stand()
    words = ["--prompt", "a fox", "--negative-prompt", "bad", "--seed", 9, "--steps", 3]
    assert (
        run("fix", album / "a.png", *PLAIN, "-o", tmp_path, *words, "--denoising-strength", 0.7, stand=stand)
        == 0
    )
    job = stand.engine.calls[0][0]
    assert (job.prompt, job.negative_prompt, job.seed) == ("a fox", "bad", 9)
    assert (job.settings.sampling.steps, job.settings.denoising_strength) == (3, 0.7)


def test_every_declared_sampling_knob_has_a_flag(capsys):
    with pytest.raises(SystemExit):
        run("fix", "--help-all")
    said = capsys.readouterr().out
    for name in (*knobs_of(Overrides), "denoising_strength", "seed", "confidence", "top_k"):
        assert f"--{name.replace('_', '-')} " in said, name


def test_recipe_file_is_used_and_confidence_flag_narrows_its_targets(album, tmp_path):
    mine = tmp_path / "mine.json"
    mine.write_text('{"name": "M", "passes": [{"target": {"models": ["face"]}, "steps": 5}]}')
    stand = Stand()
    where = ["fix", album / "a.png", "--recipe", mine]
    assert run(*where, "-o", tmp_path / "one", stand=stand) == 0
    assert stand.engine.calls[0][0].settings.sampling.steps == 5
    stand.engine.calls.clear()
    assert run(*where, "--confidence", 0.99, "-o", tmp_path / "two", stand=stand) == 0
    assert stand.engine.calls == []


def test_json_prints_one_line_a_photograph_and_nothing_else(album, tmp_path, capsys):
    assert run("fix", album, *PLAIN, "-o", tmp_path / "out", "--json", "--seed", 4) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(line["photo"]).name for line in lines] == ["a.png", "b.jpg", "c.webp"]
    assert all(Path(line["output"]).exists() for line in lines)
    assert lines[0]["reports"][0]["box"] == list(BOX)
    assert lines[0]["seed"] == 4
    assert "image" not in lines[0]


def test_plan_writes_the_steps_and_paints_nothing(album, tmp_path):
    stand = Stand()
    assert run("plan", album / "a.png", "-o", tmp_path, "--seed", 4, stand=stand) == 0
    said = json.loads((tmp_path / "a.png.plan.json").read_text())
    assert said["steps"][0]["box"] == list(BOX)
    assert said["seed"] == 4
    assert stand.engine.calls == []


def test_detect_writes_an_overlay_and_a_mask_per_region(album, tmp_path):
    assert run("detect", album / "a.png", "-o", tmp_path / "out") == 0
    mask = np.asarray(Image.open(tmp_path / "out" / "a.png.mask-01.png"))
    assert mask.shape == (200, 240)
    assert mask.sum() == 255 * BOX.area
    shown = decoder.read(tmp_path / "out" / "a.png.regions.png").pixels
    assert not np.array_equal(shown[BOX.slices], photo().pixels[BOX.slices])


def test_fix_fails_when_no_detected_region_could_be_painted(album, tmp_path, capsys):
    def fail(jobs):
        raise PaintFailed("no paint.")

    stand = Stand()
    stand.engine.before_call = fail
    assert run("fix", album / "a.png", "-o", tmp_path / "out", stand=stand) == 1
    assert "no paint" in capsys.readouterr().err
    assert not (tmp_path / "out" / "a.png").exists()


def test_photograph_reverted_by_the_gate_is_copied_without_failure(album, tmp_path):
    gated = {"passes": [{"target": {"models": ["face"]}, "gate": {"mode": "on", "seam": 0.1}}]}
    (tmp_path / "gated.json").write_text(json.dumps(gated))
    words = ["--recipe", tmp_path / "gated.json", "-o", tmp_path / "out"]
    assert run("fix", album / "b.jpg", *words) == 0
    assert (tmp_path / "out" / "b.jpg").read_bytes() == (album / "b.jpg").read_bytes()


def test_interrupted_fix_writes_no_result(album, tmp_path):
    stand = Stand(watcher=FakeProgress(stop_after=0))
    assert run("fix", album / "a.png", "-o", tmp_path / "out", stand=stand) == 1
    assert not (tmp_path / "out" / "a.png").exists()


def test_ctrl_c_keeps_finished_files(album, tmp_path, capsys):
    stand = Stand()

    def press(jobs):
        if len(stand.engine.calls) == 1:
            raise KeyboardInterrupt

    stand.engine.before_call = press
    assert run("fix", album, *PLAIN, "-o", tmp_path / "out", stand=stand) == 130
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.png"]
    assert "1 done" in capsys.readouterr().err


def test_unreachable_server_stops_the_run(album, tmp_path, capsys):
    class Gone(ApiService):
        def answer(self, verb, body):
            raise Unreachable("http://there does not answer.", hint="Is it running?")

    assert run("fix", album, "-o", tmp_path / "out", door=Gone(Stand())) == 2
    assert capsys.readouterr().err.count("does not answer") == 1


def test_unwritable_result_fails_only_its_file(album, tmp_path):
    (tmp_path / "out" / "a.png").mkdir(parents=True)
    assert run("fix", album, *PLAIN, "-o", tmp_path / "out", "--force") == 1
    assert (tmp_path / "out" / "b.jpg").is_file()


CLICK = ("--click", "60,50")


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return (before != after).any(2)


def test_segment_writes_every_mask_and_an_overlay_of_the_best(album, tmp_path):
    stand = Stand()
    words = ["--click", "60,50", "--unclick", "5,6", "--text", "a fox", "--refine-edges"]
    assert run("segment", album / "a.png", *words, "-o", tmp_path / "out", stand=stand) == 0
    prompt = stand.pointer.asked[0][0]
    assert [(c.x, c.y, c.positive) for c in prompt.clicks] == [(60, 50, True), (5, 6, False)]
    assert prompt.text == "a fox"
    mask = np.asarray(Image.open(tmp_path / "out" / "a.png.mask-01.png"))
    assert mask.shape == (200, 240)
    assert mask[50, 60] == 255
    assert (tmp_path / "out" / "a.png.mask-02.png").exists()
    shown = decoder.read(tmp_path / "out" / "a.png.regions.png").pixels
    assert not changed(shown, photo().pixels)[150:, 150:].any(), "the second outline is the whole picture"


def test_segment_everything_prints_labels_without_masks_or_memory(album, tmp_path, capsys):
    assert run("segment", album / "a.png", "--everything", "-o", tmp_path / "out", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert [mask["label"] for mask in said["masks"]] == ["one", "two"]
    assert "mask" not in said["masks"][0]
    assert "memory" not in said


def test_inpaint_repaints_the_clicked_region(album, tmp_path):
    stand = Stand()
    words = [*CLICK, "--intent", "remove", "--grow", 2, "--blur", 0, "--seed", 3, "--prompt", "sand"]
    assert run("inpaint", album / "a.png", *words, "-o", tmp_path / "out", stand=stand) == 0
    moved = changed(decoder.read(tmp_path / "out" / "a.png").pixels, photo().pixels)
    assert moved[30:71, 40:81].all()
    assert not moved[80:].any()
    job = stand.engine.calls[0][0]
    assert (job.seed, job.settings.masked_content) == (3, "fill")
    assert job.prompt.startswith("sand, ")
    assert stand.jobs == ["inpaint"]


def test_inpaint_takes_a_mask_from_a_file_and_keeps_every_variation(album, tmp_path):
    alpha = np.zeros((200, 240), np.uint8)
    alpha[20:60, 30:70] = 255
    (tmp_path / "mask.png").write_bytes(mask_layers.encode_gray(alpha))
    words = ["--mask", tmp_path / "mask.png", "--variations", 3, "--blur", 0, "--grow", 0]
    assert run("inpaint", album / "a.png", *words, "-o", tmp_path / "out") == 0
    names = ["a.png", "a.png.variation-02.png", "a.png.variation-03.png"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    for name in names:
        moved = changed(decoder.read(tmp_path / "out" / name).pixels, photo().pixels)
        assert np.array_equal(moved, alpha > 0), name


def test_inpaint_takes_a_sketch_from_a_file(album, tmp_path):
    rgba = np.zeros((200, 240, 4), np.uint8)
    rgba[20:60, 30:70] = (255, 0, 0, 255)
    Image.fromarray(rgba).save(tmp_path / "sketch.png")
    assert run("inpaint", album / "a.png", "--sketch", tmp_path / "sketch.png", "-o", tmp_path / "out") == 0
    assert changed(decoder.read(tmp_path / "out" / "a.png").pixels, photo().pixels)[20:60, 30:70].all()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["inpaint"], "Give --click, --box, --text, --mask or --sketch"),
        (["inpaint", "--click", "here"], "--click: 'here' is not x,y"),
        (["inpaint", "--box", "1,2,3"], "--box: '1,2,3' is not left,top,right,bottom"),
        (["inpaint", "--mask", "gone.png"], "gone.png cannot be read"),
        (["inpaint", *CLICK, "--mask", "pyproject.toml"], "said twice"),
        (["inpaint", *CLICK, "--grow", "9999"], "shape.grow: 9999 is out of bounds"),
        (["inpaint", *CLICK, "--variations", "17"], "Allowed: 1 to 16."),
        (["segment", *CLICK, "--segmenter", "nix"], "there is no segmenter 'nix'"),
    ],
)
def test_invalid_prompt_or_mask_is_refused_before_any_work(album, tmp_path, capsys, words, said):
    stand = Stand()
    verb, *rest = words
    assert run(verb, album, *rest, "-o", tmp_path / "out", stand=stand) == 2
    assert said in capsys.readouterr().err
    assert stand.engine.calls == []


def test_click_outside_one_photograph_fails_only_that_file(album, tmp_path, capsys):
    encoder.write(photo(50, 40), album / "a.png")
    assert run("inpaint", album, *CLICK, "-o", tmp_path / "out") == 1
    assert "outside 50x40" in capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b.jpg", "c.webp"]


def test_every_knob_of_inpainting_has_a_flag(capsys):
    with pytest.raises(SystemExit):
        run("inpaint", "--help-all")
    said = capsys.readouterr().out
    for name in ("intent", "invert", "object", "variations", "grow", "padding", "work_side", "restore_faces"):
        assert f"--{name.replace('_', '-')}" in said, name


def test_outpaint_extends_to_an_aspect(album, tmp_path):
    stand = Stand()
    words = ["--aspect", "2:1", "--side-order", "right,left", "--attempts", "1", "--cleanup", "0"]
    assert run("outpaint", album / "a.png", *words, "-o", tmp_path / "out", stand=stand) == 0
    made = decoder.read(tmp_path / "out" / "a.png")
    assert made.size.width == 2 * made.size.height
    assert stand.jobs == ["outpaint"]


def test_outpaint_refuses_an_unknown_side(album, tmp_path, capsys):
    assert run("outpaint", album / "a.png", "--side-order", "up", "-o", tmp_path / "out") == 2
    assert "order" in capsys.readouterr().err


def test_plan_of_every_painting_verb_is_written_without_painting(album, tmp_path):
    stand = Stand()
    out = tmp_path / "out"
    words = ["--right", 64, "--plan", "--attempts", "1"]
    assert run("outpaint", album / "a.png", *words, "-o", out, stand=stand) == 0
    said = json.loads((out / "a.png.plan.json").read_text())
    assert (said["size"], said["steps"][0]["label"], said["steps"][0]["done"]) == ([304, 200], "right", False)
    assert run("inpaint", album / "b.jpg", *CLICK, "--plan", "-o", out, stand=stand) == 0
    assert json.loads((out / "b.jpg.plan.json").read_text())["steps"][0]["box"] == [40, 30, 81, 71]
    assert run("fix", album / "c.webp", "--plan", "-o", out, stand=stand) == 0
    assert json.loads((out / "c.webp.plan.json").read_text())["steps"][0]["box"] == list(BOX)
    assert stand.engine.calls == []
    assert sorted(path.name for path in out.iterdir()) == [
        f"{p}.plan.json" for p in ("a.png", "b.jpg", "c.webp")
    ]

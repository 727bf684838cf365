"""Other extensions: their scripts stay out of our jobs unless allowed, ControlNet's hooks pause."""

from __future__ import annotations

import pytest
from modules import loaded, shared, trace

from tests.webui.driver import FACES, expected_errors, inner, outer


def called_inside(script: str) -> set[str]:
    hooks = [said for said in trace.of("hook") if said["script"] == script]
    return {said["method"] for said in hooks if said["p"] == "BatchImg2Img"}


def test_a_script_that_repaints_faces_is_not_called_for_crops(webui):
    webui.txt2img(FACES)
    assert called_inside("OtherFixer") == set()
    assert {said["script"] for said in trace.of("hook")} >= {"OtherFixer", "RetouchScript"}


def test_retouch_does_not_call_itself(webui):
    webui.txt2img(FACES)
    assert called_inside("RetouchScript") == set()


def test_listed_script_also_acts_on_crops(webui):
    webui.txt2img(FACES, prompt="__hair__")
    assert called_inside("Wildcards") == {"process"}
    assert {text for said in trace.of("sampling") for text in said["prompts"]} == {"red hair"}


def test_scripts_setting_decides_which_scripts_act_on_crops(webui):
    shared.opts.data["retouch_scripts"] = " other_fixer "
    webui.txt2img(FACES, prompt="__hair__")
    assert called_inside("OtherFixer") == {"process", "postprocess_image"}
    assert [said["inpaint"] for said in trace.of("other fixer")] == [False, True]
    assert called_inside("Wildcards") == set()


def test_seed_row_of_the_page_never_acts_on_crops(webui):
    """Even where someone lists them: the seed on the page is the picture's."""
    shared.opts.data["retouch_scripts"] = "seed_row"
    webui.txt2img(FACES)
    assert [said["p"] for said in trace.of("page wins")] == ["StableDiffusionProcessingTxt2Img"]


def test_script_runner_of_the_outer_job_keeps_its_callbacks(webui):
    """It remembers them by the number of its scripts, in a dictionary that a copy of it would share."""
    webui.txt2img(FACES, n_iter=2)
    ends = [said["script"] for said in trace.of("hook") if said["method"] == "postprocess_batch_list"]
    assert ends == ["RetouchScript"] * 2
    runner = webui.runner(False)
    assert {count for count, _ in runner.callback_map.values()} == {len(runner.alwayson_scripts)} == {6}


class Hint:
    """What ControlNet (Mikubill) hangs on the UNet: works for the outer job's size only."""

    def __init__(self, module, kept_as: str):
        self.module, self.calls = module, 0
        setattr(module, kept_as, module.forward)
        self.original = module.forward
        module.forward = self.forward

    def forward(self, x, *rest):
        self.calls += 1
        assert x.shape[-2:] == (48, 48), "a hint of another size"
        return self.original(x, *rest)


@pytest.fixture
def hints() -> list[Hint]:
    unet = loaded.unet()
    return [Hint(unet, "_original_forward"), Hint(unet.block, "_original_inner_forward")]


def test_unet_hooks_are_removed_during_a_fix_and_restored(webui, hints):
    run = webui.txt2img(FACES, width=384, height=384, n_iter=2, steps=5)
    assert len(outer()) == 2
    assert inner()
    assert run.warnings == ""
    assert [hint.calls for hint in hints] == [10, 10]
    assert [hint.module.forward for hint in hints] == [hint.forward for hint in hints]


def test_unet_hooks_are_restored_after_a_failed_fix(webui, hints):
    def fail(p):
        if type(p).__name__ == "BatchImg2Img":
            raise RuntimeError("no")

    trace.before_sampling = fail
    webui.txt2img(FACES, width=384, height=384)
    assert [hint.module.forward for hint in hints] == [hint.forward for hint in hints]
    assert expected_errors()

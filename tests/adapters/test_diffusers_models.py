"""Where models, autoencoders and LoRAs come from, and what happens when one does not."""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch
from diffusers.utils import logging
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import save_file

from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.engines.loading import Folders
from retouch.engines.random_model import tiny_pipeline, tiny_vae
from retouch.errors import BadInput, Missing, WeightsRefused
from tests.adapters import tiny
from tests.adapters.tiny import gap, job, paint, tuned

OTHER_SEED = 5


def saved_lora(path, seed):
    """A LoRA on the UNet's attention, as diffusers saves them, strong enough to be seen."""
    pipe = tiny_pipeline()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pipe.unet.add_adapter(LoraConfig(r=4, init_lora_weights=False, target_modules=["to_v", "to_out.0"]))
    layers = {name: 4 * tensor for name, tensor in get_peft_model_state_dict(pipe.unet).items()}
    pipe.save_lora_weights(path.parent, layers, weight_name=path.name)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder of everything: two checkpoints, a VAE as file and folder, two LoRAs, and rubbish."""
    root = tmp_path_factory.mktemp("models")
    for name in ("checkpoints", "vaes", "loras/style"):
        (root / name).mkdir(parents=True)
    tiny_pipeline().save_pretrained(root / "checkpoints" / "first")
    tiny_pipeline(128, seed=OTHER_SEED).save_pretrained(root / "checkpoints" / "second")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(OTHER_SEED)
        vae = tiny_vae()
    vae.save_pretrained(root / "vaes" / "folder")
    save_file(vae.state_dict(), root / "vaes" / "file.safetensors")
    saved_lora(root / "loras" / "detail.safetensors", 1)
    saved_lora(root / "loras" / "style" / "ink.v2.safetensors", 2)
    save_file({"weight": torch.zeros(3)}, root / "loras" / "alien.safetensors")
    (root / "loras" / "rubbish.safetensors").write_bytes(b"not a tensor in sight")
    return root


@pytest.fixture(scope="module")
def engine(shop):
    folders = Folders(shop / "checkpoints", shop / "vaes", shop / "loras")
    return DiffusersEngine.load(str(shop / "checkpoints" / "first"), "cpu", offline=True, folders=folders)


def job_with_prompt(prompt):
    return job(0, prompt=prompt)


def with_(**sampling):
    return job(0, settings=tuned(**sampling))


class TestLoading:
    def test_a_saved_pipeline_paints_as_the_one_it_was_saved_from(self, engine):
        assert paint(engine, job(0)) == paint(tiny.engine("SD"), job(0))
        assert "first" in engine.name

    def test_a_text_to_image_pipeline_becomes_an_inpainting_one(self):
        parts = tiny_pipeline().components
        assert paint(DiffusersEngine(diffusers.StableDiffusionPipeline(**parts)), job(0)) == paint(
            tiny.engine("SD"), job(0)
        )

    def test_dtype_on_cpu_is_float32_unless_given(self, engine, shop):
        asked = DiffusersEngine.load(str(shop / "checkpoints" / "first"), "cpu", "bfloat16", offline=True)
        assert engine._shelf.own.pipe.unet.dtype == torch.float32
        assert asked._shelf.own.pipe.unet.dtype == torch.bfloat16

    def test_a_safety_checker_is_never_loaded(self, shop):
        pipe = DiffusersEngine.load(str(shop / "checkpoints" / "first"), "cpu")._shelf.own.pipe
        assert pipe.safety_checker is None

    def test_unknown_model_name_or_empty_folder_is_missing(self, tmp_path):
        with pytest.raises(Missing, match="hub name"):
            DiffusersEngine.load("nobody/nothing", "cpu", offline=True)
        with pytest.raises(Missing, match="could not be loaded"):
            DiffusersEngine.load(str(tmp_path), "cpu", offline=True)

    def test_a_file_that_is_no_checkpoint_is_refused(self, shop):
        with pytest.raises(WeightsRefused, match=r"rubbish\.safetensors could not be read"):
            DiffusersEngine.load(str(shop / "loras" / "rubbish.safetensors"), "cpu")
        with pytest.raises(BadInput, match="not a checkpoint"):
            DiffusersEngine.load(str(shop / "loras" / "detail.safetensors"), "cpu")

    def test_a_pipeline_that_cannot_repaint_is_refused(self):
        with pytest.raises(BadInput, match="DDIMPipeline cannot repaint"):
            DiffusersEngine(diffusers.DDIMPipeline(None, diffusers.DDIMScheduler()))

    def test_a_single_file_takes_its_config_from_the_folder_beside_it(self, tmp_path, monkeypatch):
        asked = {}

        def from_single_file(path, **options):
            asked.update(options, path=path)
            return tiny_pipeline()

        file = tmp_path / "mine.safetensors"
        save_file({"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(1)}, file)
        monkeypatch.setattr(diffusers.StableDiffusionInpaintPipeline, "from_single_file", from_single_file)
        with pytest.raises(Missing, match="config files"):
            DiffusersEngine.load(str(file), "cpu", offline=True)
        (tmp_path / "mine").mkdir()
        engine = DiffusersEngine.load(str(file), "cpu", offline=True)
        assert asked == {"path": str(file), "config": str(tmp_path / "mine"), "torch_dtype": torch.float32}
        assert paint(engine, job(0)) == paint(tiny.engine("SD"), job(0))

    def test_logging_settings_of_diffusers_are_restored_after_loading(self, shop):
        logging.set_verbosity_info()
        try:
            DiffusersEngine.load(str(shop / "checkpoints" / "first"), "cpu", offline=True)
            assert logging.get_verbosity() == logging.INFO
            assert logging.is_progress_bar_enabled()
        finally:
            logging.set_verbosity_warning()

    def test_sdxl_autoencoder_stays_float32_in_a_float16_pipeline(self):
        pipe = tiny.build("SDXL").to(torch.float16)
        engine = DiffusersEngine(pipe)
        assert pipe.vae.dtype == torch.float32
        assert pipe.unet.dtype == torch.float16
        assert gap(paint(engine, job(0)), job(0).picture) > 2


class TestLoras:
    def test_lora_acts_by_its_weight_and_its_tag_is_no_prompt_text(self, engine):
        plain = paint(engine, job_with_prompt("face"))
        assert gap(paint(engine, job_with_prompt("face <lora:detail:1>")), plain) > 2
        assert paint(engine, job_with_prompt("face <lora:detail:0>")) == plain
        assert paint(engine, job_with_prompt("face <lora:detail>")) == paint(
            engine, job_with_prompt("<lora:detail:1.0> face")
        )

    def test_lora_is_inactive_in_the_next_job(self, engine):
        plain = paint(engine, job_with_prompt("face"))
        paint(engine, job_with_prompt("face <lora:detail:1>"))
        assert paint(engine, job_with_prompt("face")) == plain

    def test_two_loras_add_up_in_any_order(self, engine):
        both = paint(engine, job_with_prompt("face <lora:detail:1><lora:ink.v2:1>"))
        assert gap(both, paint(engine, job_with_prompt("face <lora:detail:1>"))) > 2
        assert gap(both, paint(engine, job_with_prompt("face <lora:ink.v2:1>"))) > 2
        assert both == paint(engine, job_with_prompt("<lora:ink.v2:1> face <lora:detail:1>"))

    def test_batch_key_depends_on_the_loras_of_the_prompt(self, engine):
        assert engine.batch_key(job_with_prompt("a face <lora:detail:1>")) == engine.batch_key(
            job_with_prompt("<lora:detail:1> a hand")
        )
        assert engine.batch_key(job_with_prompt("face <lora:detail:1>")) != engine.batch_key(
            job_with_prompt("face <lora:detail:0.5>")
        )

    def test_unknown_lora_is_missing_with_the_closest_name(self, engine):
        with pytest.raises(Missing, match="Did you mean 'detail'"):
            paint(engine, job_with_prompt("face <lora:details:1>"))

    @pytest.mark.parametrize("name", ["alien", "rubbish"])
    def test_invalid_lora_is_refused_and_the_model_stays_unchanged(self, engine, name):
        plain = paint(engine, job_with_prompt("face"))
        with pytest.raises(WeightsRefused, match=f"{name}.safetensors"):
            paint(engine, job_with_prompt(f"face <lora:detail:1><lora:{name}:1>"))
        assert paint(engine, job_with_prompt("face")) == plain

    def test_lora_without_a_lora_folder_is_missing(self):
        with pytest.raises(Missing, match="no folder"):
            paint(tiny.engine("SD"), job_with_prompt("face <lora:detail:1>"))


class TestSwaps:
    def test_named_checkpoint_paints_one_job_and_the_default_the_next(self, engine):
        own, other = paint(engine, job(0)), paint(engine, with_(checkpoint="second"))
        expected = DiffusersEngine(tiny_pipeline(128, seed=OTHER_SEED))
        assert other == paint(expected, job(0))
        assert gap(own, other) > 2
        assert paint(engine, job(0)) == own
        assert (engine.native("second").width, engine.native("").width) == (128, 64)

    def test_last_used_named_checkpoint_stays_cached(self, engine):
        first = engine._shelf.take("second")
        engine._shelf.take("")
        assert engine._shelf.take("second") is first
        assert engine._shelf.take("first") is not engine._shelf.own  # a file by that name, read anew
        assert engine._shelf.take("second") is not first

    def test_unknown_checkpoint_is_missing_and_the_default_stays_loaded(self, engine):
        own = paint(engine, job(0))
        with pytest.raises(Missing, match="Did you mean 'second'"):
            paint(engine, with_(checkpoint="secnd"))
        with pytest.raises(Missing, match="checkpoint"):
            engine.native("../../etc/passwd")
        assert paint(engine, job(0)) == own

    @pytest.mark.parametrize("name", ["file", "folder"])
    def test_named_vae_paints_one_job_and_the_default_the_next(self, engine, name):
        own, other = paint(engine, job(0)), paint(engine, with_(vae=name))
        assert gap(own, other) > 2
        assert other == paint(engine, with_(vae="file.safetensors"))
        assert paint(engine, job(0)) == own

    def test_a_vae_that_does_not_fit_is_refused(self, engine, shop):
        save_file({"encoder.conv_in.weight": torch.zeros(1)}, shop / "vaes" / "broken.safetensors")
        with pytest.raises(WeightsRefused, match="not an autoencoder"):
            paint(engine, with_(vae="broken"))
        assert np.array_equal(paint(engine, job(0)).pixels, paint(tiny.engine("SD"), job(0)).pixels)

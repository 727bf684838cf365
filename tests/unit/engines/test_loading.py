from __future__ import annotations

import pytest

from retouch.engines.loading import Loader, best_dtype, catalogue, find, inpainting_name
from retouch.errors import BadInput, Missing


@pytest.fixture
def folder(tmp_path):
    for path in (
        "a.safetensors",
        "deep/er/b.v2.safetensors",
        "saved/model_index.json",
        "saved/unet/c.safetensors",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "d.ckpt").touch()
    return tmp_path


def test_files_and_saved_folders_are_known_by_name(folder):
    assert catalogue(folder) == {
        "a": folder / "a.safetensors",
        "b.v2": folder / "deep" / "er" / "b.v2.safetensors",
        "saved": folder / "saved",
    }


def test_a_file_wins_over_the_config_folder_beside_it(folder):
    (folder / "saved.safetensors").touch()
    assert catalogue(folder)["saved"] == folder / "saved.safetensors"


def test_missing_folder_has_an_empty_catalogue(tmp_path):
    assert catalogue(None) == catalogue(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("name", ["a", "a.safetensors"])
def test_a_name_is_found_with_or_without_its_ending(folder, name):
    assert find(name, folder, "LoRA") == folder / "a.safetensors"


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "deep/er/b.v2", "d", "c", ""])
def test_path_or_partial_name_is_not_found(folder, name):
    with pytest.raises(Missing):
        find(name, folder, "LoRA")


def test_missing_model_is_reported_with_the_closest_name(folder):
    with pytest.raises(Missing, match=r"no checkpoint 'save' in .*Did you mean 'saved'"):
        find("save", folder, "checkpoint")


@pytest.mark.parametrize(
    ("device", "pipeline", "dtype"),
    [
        ("cuda", "StableDiffusionInpaintPipeline", "float16"),
        ("cuda:1", "StableDiffusionXLInpaintPipeline", "float16"),
        ("cuda", "StableDiffusion3InpaintPipeline", "bfloat16"),
        ("cuda", "FluxFillPipeline", "bfloat16"),
        ("mps", "StableDiffusionInpaintPipeline", "float32"),
        ("mps", "StableDiffusionXLInpaintPipeline", "float16"),
        ("cpu", "StableDiffusionXLInpaintPipeline", "float32"),
    ],
)
def test_dtype_suits_device_and_model(device, pipeline, dtype):
    assert best_dtype(device, pipeline) == dtype


def test_an_unknown_dtype_is_refused():
    with pytest.raises(BadInput, match="Did you mean 'float16'"):
        Loader(dtype="float15")


@pytest.mark.parametrize(
    ("made_by", "name"),
    [
        ("StableDiffusionPipeline", "StableDiffusionInpaintPipeline"),
        ("StableDiffusionXLImg2ImgPipeline", "StableDiffusionXLInpaintPipeline"),
        ("StableDiffusion3InpaintPipeline", "StableDiffusion3InpaintPipeline"),
        ("FluxPipeline", "FluxInpaintPipeline"),
        ("FluxFillPipeline", "FluxFillPipeline"),
    ],
)
def test_pipeline_class_maps_to_the_inpainting_one_of_its_family(made_by, name):
    assert inpainting_name(made_by) == name


def test_other_pipelines_are_refused():
    with pytest.raises(BadInput, match="AnimateDiffPipeline cannot repaint"):
        inpainting_name("AnimateDiffPipeline")

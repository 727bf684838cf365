"""The outside, to the byte: what programs, files and settings depend on, whatever the code is called."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import zipfile
from typing import Any

import pytest

from retouch.api.service import ApiService
from retouch.cli.parser import build_parser
from retouch.image.codec import encoder
from tests.stand import BOX, Stand, photo

PASSES = [
    {
        "target": {"models": ["face"], "order": "left to right"},
        "prompt": "[PROMPT] [SEP] girl",
        "variations": 2,
        "steps": 9,
    },
    {"target": {"models": ["face"], "top_k": 1}, "shape": {"padding": 40}, "denoising_strength": 0.6},
]
REQUEST = {
    "image": encoder.encode_base64(photo()),
    "recipe": {"name": "Twice", "passes": PASSES},
    "prompt": "a portrait",
    "negative_prompt": "blurry",
    "seed": 100,
    "sampler": "Euler a",
    "return_history": True,
}
OTHER = BOX.shifted(90, 40)
VERBS = ("", "detect", "plan", "fix", "inpaint", "segment", "outpaint", "history", "recipes", "run")


def as_text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def rounded(text: str) -> str:
    """The text with long fractions at 6 digits: the last digits of a score differ between processors."""
    return re.sub(r"\d+\.\d{10,}", lambda found: f"{float(found[0]):.6f}", text)


@pytest.fixture
def service() -> ApiService:
    return ApiService(Stand(boxes=(BOX, OTHER)))


def test_schemas_match_their_golden_file(golden_text):
    golden_text(as_text(ApiService.schemas()), "schema.json")


@pytest.mark.parametrize("name", ["intents", "recipes", "models"])
def test_intents_recipes_and_models_match_their_golden_files(service, golden_text, name):
    golden_text(as_text(getattr(service, name)()), f"{name}.json")


def test_plan_of_a_fix_matches_its_golden_file(service, golden_text):
    asked = {key: value for key, value in REQUEST.items() if key != "return_history"}
    planned = service.answer("plan", {"verb": "fix", **asked})
    golden_text(as_text({**planned, "image_id": "", "mask": ""}), "plan.json")


def test_plan_of_an_extension_matches_its_golden_file(service, golden_text):
    asked = {"image": REQUEST["image"], "right": 200, "prompt": "a wall", "seed": 7}
    golden_text(
        as_text({**service.answer("plan", {"verb": "outpaint", **asked}), "image_id": ""}), "extension.json"
    )


def test_infotext_reports_and_history_of_a_fix_match_golden_files(service, golden_text):
    answer = service.answer("fix", REQUEST)
    golden_text(answer["infotext"] + "\n", "infotext.txt")
    reports = [
        {key: value for key, value in one.items() if key not in ("quality", "seconds")}
        for one in answer["reports"]
    ]
    golden_text(as_text(reports), "reports.json")
    file = service.answer("history", {"history": answer["history"], "return_file": True})["file"]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(file))) as opened:
        listed = {
            name: rounded(opened.read(name).decode())
            for name in opened.namelist()
            if name.endswith((".json", ".txt"))
        }
        names = sorted(opened.namelist())
    golden_text(as_text({"names": names, "texts": listed}), "history-file.json")


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="argparse words its help anew in each version")
@pytest.mark.parametrize("verb", VERBS)
def test_command_line_help_matches_its_golden_file(capsys, golden_text, monkeypatch, verb):
    monkeypatch.setenv("COLUMNS", "110")
    with pytest.raises(SystemExit):
        build_parser().parse_args([verb, "--help"] if verb else ["--help"])
    golden_text(capsys.readouterr().out, f"help-{verb or 'all'}.txt")

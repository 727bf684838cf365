from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from retouch.api.batches.entry import LONGEST, BatchEntry, preview
from retouch.image.picture import Metadata, Picture
from tests.stand import photo


def answer(*outcomes: str, **more: object) -> dict:
    reports = [{"outcome": outcome, "why": f"why {outcome}"} for outcome in outcomes]
    return {"reports": reports, "seed": 3, "warnings": ["one"], **more}


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (("kept", "skipped"), "done"),
        (("reverted", "skipped"), "kept"),
        ((), "kept"),
        (("skipped", "skipped"), "failed"),
    ],
)
def test_file_state_follows_from_the_outcomes_of_its_regions(outcomes, state):
    entry = BatchEntry("a.png", error="before").running().finished(answer(*outcomes))
    assert (entry.name, entry.state, entry.seed, entry.warnings) == ("a.png", state, 3, ("one",))
    assert entry.error == ("no region could be painted: why skipped" if state == "failed" else "")
    assert sum(entry.outcomes.values()) == len(outcomes)


def test_error_of_a_failed_file_is_cleared_when_queued_again():
    assert BatchEntry("a.png").failed("no").waiting() == BatchEntry("a.png")


@pytest.mark.parametrize(
    ("size", "shown"), [((3200, 800), (1600, 400)), ((40, 30), (40, 30)), ((2000, 1), (1600, 1))]
)
def test_a_preview_is_bounded_and_never_larger(size, shown):
    with Image.open(io.BytesIO(preview(Picture(np.zeros((size[1], size[0], 3), np.uint8))))) as made:
        assert (made.format, made.size) == ("JPEG", shown)
        assert max(made.size) <= LONGEST


def test_a_preview_keeps_the_colour_profile():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = dataclasses.replace(photo(), baggage=Metadata(icc=profile))
    with Image.open(io.BytesIO(preview(picture))) as made:
        assert made.info["icc_profile"] == profile

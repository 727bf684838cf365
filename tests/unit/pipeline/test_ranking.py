import dataclasses

import numpy as np
import pytest

from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.confidence import Confidence
from retouch.image.quality.measure import Quality
from retouch.pipeline.before_after import BeforeAfter
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.ranking import Ranker, distances, fidelity, inner_mask, mean_of, quality_score
from retouch.pipeline.run import run_plans
from retouch.recipes.recipe import Gate, Settings
from retouch.testing import FakeEngine
from tests.helpers import GENERATION, face_pass, flat, found, ramp, square, step_of

CANVAS = Size(256, 256)
FACE = square(80, 80, 96)


@dataclasses.dataclass
class Shades(FakeEngine):
    """Paints the picture it was given, lighter by ten levels for each seed after 100."""

    def paint(self, jobs, progress):
        return [
            Picture(np.clip(j.picture.pixels + 10.0 * (j.seed - 100), 0, 255).astype(np.uint8)) for j in jobs
        ]


def painted(engine=None, judge=None, **changes):
    made = plan_pass(
        CANVAS, found(FACE), PassWork(0, face_pass(variations=3, **changes)), GENERATION, Size(256, 256)
    )
    (result,) = run_plans([ramp(CANVAS)], [made], engine or Shades(), judge=judge)
    return result


def candidate_of_level(level: int) -> Candidate:
    return Candidate(level, flat(Size(4, 4), (level,) * 3), Box(0, 0, 4, 4), Mask.full(Size(4, 4)))


def test_low_strength_chooses_the_least_change():
    """No correction: it would undo the very shift by which the three differ."""
    (report,) = painted(colour_correction=0.0).reports
    assert [c.seed for c in report.candidates] == [100, 101, 102]
    assert report.chosen == 0
    assert report.quality.drift_rim == pytest.approx(0, abs=0.1)
    scores = [c.score for c in report.candidates]
    assert scores == sorted(scores, reverse=True)


def test_strength_1_chooses_the_consensus():
    (report,) = painted(colour_correction=0.0, denoising_strength=1.0).reports
    assert report.chosen == 1


def test_candidates_are_ranked_by_detector_confidence():
    def look(picture):
        bright = float(picture.pixels[picture.size.height // 2, picture.size.width // 2].mean())
        middle = Box(*(round(side * picture.size.width / CANVAS.width) for side in FACE))
        return found(middle, score=bright / 255)

    (report,) = painted(colour_correction=0.0, denoising_strength=0.9, judge=Ranker(look)).reports
    sure = [c.scores.confidence.after for c in report.candidates]
    assert sure == sorted(sure)
    assert report.quality.confidence.before == pytest.approx(sure[0], abs=0.02)


def test_custom_scorer_decides_the_ranking():
    class Brightest:
        def score(self, crop, prompt):
            assert prompt == "a photo"
            return float(crop.pixels.mean())

    (report,) = painted(judge=Ranker(scorer=Brightest()), colour_correction=0.0).reports
    assert report.chosen == 2
    assert report.candidates[2].score > report.candidates[1].score


def test_failing_scorer_is_ignored():
    class Broken:
        def score(self, crop, prompt):
            raise RuntimeError("no model")

    assert painted(judge=Ranker(scorer=Broken()), colour_correction=0.0).reports[0].chosen == 0


def test_failing_detector_leaves_only_the_confidence_unmeasured():
    def look(picture):
        raise RuntimeError("no model")

    (report,) = painted(judge=Ranker(look)).reports
    assert report.kept
    assert report.quality.confidence == Confidence()
    assert report.quality.seam is not None


def test_gate_chooses_the_best_candidate_that_passes():
    class Noisy(Shades):
        def paint(self, jobs, progress):
            first, *rest = super().paint(jobs, progress)
            spoilt = np.random.default_rng(1).integers(0, 256, first.pixels.shape, np.uint8)
            return [Picture(255 - spoilt // 4), *rest]

    result = painted(Noisy(), gate=Gate("on"), colour_correction=0.0)
    assert result.reports[0].outcome == "kept"
    assert result.reports[0].chosen == 1


def test_region_is_reverted_when_no_candidate_passes_the_gate():
    class Red(FakeEngine):
        def paint(self, jobs, progress):
            return [flat(job.picture.size, (255, 0, 0)) for job in jobs]

    result = painted(Red(), gate=Gate("on"))
    (report,) = result.reports
    assert report.outcome == "reverted"
    assert "colours moved by" in report.why
    assert len(report.candidates) == 3
    assert result.picture == ramp(CANVAS)
    assert result.warnings == (f"Region 1 (face) was left as it is: {report.why}",)


@pytest.mark.parametrize(
    ("strength", "content", "kept"),
    [
        (0.2, "original", 1),
        (0.8, "original", 1),
        (0.9, "original", 0.5),
        (1.0, "original", 0),
        (0.3, "fill", 0),
    ],
)
def test_fidelity_depends_on_strength_and_masked_content(strength, content, kept):
    settings = Settings(denoising_strength=strength, masked_content=content)
    assert fidelity(settings) == pytest.approx(kept)


def test_quality_score_falls_with_seam_blur_or_lower_confidence():
    good = Quality(seam=0.1, sharpness=1.0, confidence=Confidence(0.5, 0.9))
    worse = [
        dataclasses.replace(good, seam=2.0),
        dataclasses.replace(good, sharpness=0.5),
        dataclasses.replace(good, confidence=Confidence(0.5, 0.7)),
    ]
    assert all(quality_score(one) < quality_score(good) for one in worse)
    assert quality_score(dataclasses.replace(good, sharpness=1.5)) == quality_score(good)


def test_distances_are_root_mean_squares_in_levels():
    three = [candidate_of_level(10), candidate_of_level(20), candidate_of_level(60)]
    assert distances(three, three[0].over.pixels, np.ones((4, 4), bool)) == pytest.approx([0, 10, 50])


def test_low_frequency_distance_ignores_grain_but_not_a_shift():
    size = Size(64, 64)
    grain = np.where(np.indices((64, 64)).sum(0)[..., None] % 2, 110, 90).astype(np.uint8).repeat(3, 2)
    two = [
        Candidate(n, p, size.box, Mask.full(size))
        for n, p in enumerate((Picture(grain), flat(size, (106,) * 3)))
    ]
    to, where = np.full((64, 64, 3), 100, np.float32), np.ones((64, 64), bool)
    assert distances(two, to, where) == pytest.approx([10, 6])
    assert distances(two, to, where, 0.1) == pytest.approx([0, 6], abs=0.1)


def test_inner_mask_is_the_opaque_part_within_the_region():
    size = Size(64, 64)
    mask = Mask.of_box(size, Box(8, 8, 56, 56)).feathered(6)
    one = Candidate(1, flat(size, (0, 0, 0)), size.box.shifted(100, 50), mask)
    found = inner_mask(one, Box(120, 70, 140, 200))
    assert Mask.where(found).bounds == Box(20, 20, 40, 56)
    assert found.sum() == 20 * 36
    beside = inner_mask(one, Box(0, 0, 50, 40))
    assert np.array_equal(beside, mask.alpha > 0)


def test_change_outside_the_region_does_not_affect_ranking():
    """There it may only take away from what is well, and the seam and the drift at the rim see that."""
    size = Size(64, 64)
    mask = Mask.of_box(size, Box(8, 8, 56, 56))
    pixels = np.full((64, 64, 3), 100, np.uint8)
    pixels[8:16] = 200
    one = Candidate(1, Picture(pixels), size.box, mask)
    to = np.full((64, 64, 3), 100, np.float32)
    assert distances([one], to, inner_mask(one, Box(20, 20, 44, 44))) == [0.0]
    assert distances([one], to, inner_mask(one, size.box))[0] > 30


def test_consensus_of_candidates_is_their_mean():
    assert mean_of([candidate_of_level(10), candidate_of_level(20), candidate_of_level(60)]) == pytest.approx(
        np.full((4, 4, 3), 30)
    )


def test_scores_of_a_large_step_nearly_equal_those_at_smaller_size():
    """Of a step on a whole large photograph the numbers are nearly those of the same, smaller."""
    seen = []
    for side in (600, 1500):
        size = Size(side, side)
        mask = Mask.of_ellipse(size, Box(*(round(side * s) for s in (0.1, 0.1, 0.9, 0.9))))
        step = step_of(Frame(size.box, Size(64, 64)), mask)
        candidate = Candidate(1, flat(size, (90, 90, 90)), size.box, mask)
        seen.append(BeforeAfter.of(step, ramp(size).pixels).scores(candidate))
    assert seen[0].drift_rim == pytest.approx(seen[1].drift_rim, rel=0.15)

import pytest

from retouch.image.quality.confidence import Confidence
from retouch.image.quality.measure import Quality
from retouch.pipeline.gate import gate_failure
from retouch.recipes.recipe import Gate

ON = Gate(mode="on")
FINE = {"seam": 0.2, "seam_before": 0.1, "drift_rim": 4.0, "sharpness": 0.9, "sharpness_before": 0.8}


def quality(before=0.8, after=0.8, **changes) -> Quality:
    return Quality(**{**FINE, **changes}, confidence=Confidence(before, after))


def test_gate_keeps_a_result_as_good_as_before():
    assert gate_failure(quality(), ON) == ""
    assert gate_failure(Quality(), ON) == ""


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        (quality(after=0.4), "confidence fell from 0.80 to 0.40"),
        (quality(before=0.2, after=0.0), "it is not found any more (confidence 0.20 before)"),
        (quality(seam=3.5), "a seam of 3.4 CIELAB units per pixel, 2.5 allowed"),
        (quality(drift_rim=30.4), "colours moved by 30 CIELAB units, 20 allowed"),
        (quality(sharpness=0.2), "sharpness fell from 0.80 to 0.20"),
        (quality(sharpness=None), "sharpness fell from 0.80 to 0.00"),
    ],
)
def test_gate_reports_a_worse_result_with_its_numbers(worse, said):
    assert gate_failure(worse, ON) == said
    assert gate_failure(worse, Gate()) == ""


def test_gate_uses_the_thresholds_of_the_recipe():
    worse = quality(after=0.4, drift_rim=30.0)
    assert gate_failure(worse, Gate("on", confidence_drop=0.5, drift=40)) == ""
    assert gate_failure(quality(after=0.7), Gate("on", confidence_drop=0.05)) != ""


def test_gate_ignores_a_seam_present_before_painting():
    assert gate_failure(quality(seam=3.0, seam_before=2.9), ON) == ""


def test_gate_ignores_lost_detections_of_low_confidence():
    assert gate_failure(quality(before=0.06, after=0.0), ON) == ""


def test_gate_reports_every_failure():
    assert gate_failure(quality(after=0.1, seam=5.0), ON).count(";") == 1

import numpy as np
import pytest

from retouch.image.geometry import Box
from retouch.segmenters.base import Click
from retouch.segmenters.sam.correction import correct_mask
from retouch.segmenters.sam.mask_candidates import MaskCandidate, mask_iou
from retouch.segmenters.sam.square_input import SquareInput

FIT = SquareInput.of(Box(0, 0, 256, 256), 256)
SQUARE = Box(40, 40, 120, 120)
INSIDE = Click(60, 60)


def guess(*boxes: Box, score: float = 0.5) -> MaskCandidate:
    logits = np.full((64, 64), -5, np.float32)
    for left, top, right, bottom in boxes:
        logits[top // 4 : bottom // 4, left // 4 : right // 4] = 5
    return MaskCandidate(FIT, logits, score)


def corrected(before: MaskCandidate, clicks: list[Click], *answers: MaskCandidate) -> MaskCandidate:
    """By the first of the answers and what they all say."""
    return correct_mask(answers[0], np.stack([one.logits for one in answers]), before, clicks)


BEFORE = guess(SQUARE)
MORE = guess(Box(40, 40, 160, 120), score=0.8)


def is_mask_of(found: MaskCandidate, *boxes: Box) -> bool:
    return mask_iou(found.logits, guess(*boxes).logits) == 1


def test_only_the_part_under_the_click_changes():
    new = guess(Box(40, 40, 160, 120), Box(200, 200, 240, 240), score=0.8)
    found = corrected(BEFORE, [INSIDE, Click(140, 80)], new)
    assert is_mask_of(found, Box(40, 40, 160, 120))
    assert found.score == 0.8


def test_positive_click_only_adds_and_negative_click_only_removes():
    """What else the answer would change next to the click, the other way, is left."""
    slid = guess(Box(60, 40, 160, 120))
    more = corrected(BEFORE, [Click(80, 80), Click(140, 80)], slid)
    assert is_mask_of(more, Box(40, 40, 160, 120))
    less = corrected(BEFORE, [Click(80, 80), Click(50, 80, False)], slid)
    assert is_mask_of(less, Box(60, 40, 120, 120))


def test_negative_click_removes_its_part():
    before = guess(SQUARE, Box(160, 40, 180, 60))
    found = corrected(before, [INSIDE, Click(170, 50, False)], guess(Box(40, 40, 116, 120)))
    assert is_mask_of(found, SQUARE)


def test_area_much_deeper_elsewhere_is_not_corrected():
    """The click lies in a thin arm of a large body: the outline bends to hold it, and the body stays out."""
    body = guess(SQUARE, Box(120, 72, 140, 84), Box(140, 40, 180, 120))
    found = corrected(BEFORE, [INSIDE, Click(128, 78)], body)
    assert found.violations([INSIDE, Click(128, 78)]) == 0
    assert not (found.logits > 0)[:, 36:].any()
    assert ((found.logits > 0) >= (BEFORE.logits > 0)).all()


def test_change_by_one_of_four_answers_is_ignored():
    click = Click(140, 80)
    found = corrected(BEFORE, [INSIDE, click], MORE, BEFORE, BEFORE, BEFORE)
    assert found.violations([INSIDE, click]) == 0
    assert np.count_nonzero(found.logits > 0) < 0.7 * np.count_nonzero(MORE.logits > 0) + 60
    assert is_mask_of(corrected(BEFORE, [INSIDE, click], BEFORE, MORE, MORE, MORE), Box(40, 40, 160, 120))


def test_nothing_changes_far_from_the_click():
    """Four or five pixels from the outline, a strip is changed for four times that and a cell."""
    longer = guess(SQUARE, Box(120, 112, 248, 120))
    found = (corrected(BEFORE, [INSIDE, Click(124, 116)], longer).logits > 0)[28]
    assert found[10:34].all()
    assert not found[40:].any()


@pytest.mark.parametrize("answers", [1, 3, 4])
@pytest.mark.parametrize("click", [Click(123, 80), Click(140, 80), Click(116, 70, False), Click(250, 250)])
def test_click_is_obeyed_for_any_answers(answers: int, click: Click):
    found = corrected(BEFORE, [INSIDE, click], *[BEFORE] * answers)
    assert found.violations([INSIDE, click]) == 0


def test_outline_bends_at_most_half_way_to_an_opposite_click():
    clicks = [INSIDE, Click(180, 80), Click(196, 80, False)]
    assert corrected(BEFORE, clicks, BEFORE).violations(clicks) == 0


class TestAnother:
    WHOLE = guess(Box(20, 20, 240, 240), score=0.9)

    def test_positive_click_in_the_whole_replaces_the_part_by_it(self):
        assert corrected(BEFORE, [INSIDE, Click(180, 180)], self.WHOLE, BEFORE, BEFORE, BEFORE) is self.WHOLE

    def test_negative_click_outside_the_part_replaces_the_whole_by_it(self):
        assert corrected(self.WHOLE, [INSIDE, Click(180, 180, False)], BEFORE, self.WHOLE) is BEFORE

    def test_adjacent_mask_is_not_taken_for_the_whole(self):
        beside = guess(Box(120, 40, 240, 240))
        click = Click(180, 140)
        found = corrected(BEFORE, [click], beside)
        assert found is not beside
        assert ((found.logits > 0) >= (BEFORE.logits > 0)).all()

    def test_click_at_the_rim_does_not_select_the_whole(self):
        assert corrected(BEFORE, [INSIDE, Click(22, 180)], self.WHOLE) is not self.WHOLE


def test_click_already_satisfied_does_not_change_the_answer():
    assert corrected(BEFORE, [INSIDE], MORE) is MORE

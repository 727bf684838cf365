import numpy as np

from retouch.image.geometry import Box, Size
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.sam.decoder import DecoderOutput
from retouch.segmenters.sam.mask_candidates import MaskCandidate, best_first, decoder_input, guesses
from retouch.segmenters.sam.square_input import SquareInput
from retouch.segmenters.sam.zoom import better_of, zoom_crop

FIT = SquareInput.of(Box(0, 0, 256, 256), 256)
IN, OUT = 5.0, -5.0


def guess(*boxes: Box, score: float = 0.5, fit: SquareInput = FIT) -> MaskCandidate:
    logits = np.full((64, 64), OUT, np.float32)
    for left, top, right, bottom in boxes:
        logits[top // 4 : bottom // 4, left // 4 : right // 4] = IN
    return MaskCandidate(fit, logits, score)


def answer(*ones: MaskCandidate) -> DecoderOutput:
    count = len(ones)
    return DecoderOutput(
        np.stack([one.logits for one in ones]),
        np.array([one.score for one in ones]),
        np.zeros(count, int),
        np.arange(4)[-count:] if count < 4 else np.arange(4),
    )


SMALL, LARGE, ELSEWHERE = Box(80, 80, 120, 120), Box(40, 40, 200, 200), Box(200, 0, 256, 40)


def test_decoder_input_has_input_pixels_and_clicks_in_the_crop():
    fit = SquareInput.of(Box(100, 100, 228, 228), 256)
    prompt = Prompt((Click(110, 120), Click(50, 50), Click(200, 130, False)), Box(110, 110, 150, 160))
    ask = decoder_input(fit, prompt, guess(LARGE))
    assert ask.points.tolist() == [[[21, 41], [201, 61]]]
    assert ask.labels.tolist() == [[1, 0]]
    assert ask.boxes.tolist() == [[20, 20, 100, 120]]
    assert ask.masks.shape == (1, 64, 64)
    assert decoder_input(fit, Prompt((Click(0, 0),))).points is None


def test_single_click_gives_three_candidates_and_a_box_one():
    four = answer(guess(SMALL), guess(SMALL, score=0.2), guess(LARGE, score=0.9), guess(ELSEWHERE))
    single = guesses(FIT, four, Prompt((Click(100, 100),)))
    assert [g.score for g in single] == [four.scores[n] for n in (1, 2, 3)]
    (boxed,) = guesses(FIT, four, Prompt(box=SMALL))
    assert np.array_equal(boxed.logits, four.logits[0])


def test_mask_that_misses_a_click_is_replaced_by_one_with_all_clicks():
    four = answer(guess(ELSEWHERE, score=0.99), guess(ELSEWHERE), guess(LARGE), guess(SMALL))
    (chosen,) = guesses(FIT, four, Prompt((Click(100, 100), Click(60, 60))))
    assert np.array_equal(chosen.logits, four.logits[2])


def test_best_first_ranks_by_clicks_then_score_without_duplicates():
    small, large = guess(SMALL, score=0.4), guess(LARGE, score=0.6)
    double, wrong = guess(LARGE, score=0.5), guess(ELSEWHERE, score=0.99)
    order = best_first([small, wrong, double, large], [Click(100, 100)])
    assert order == [large, small, wrong]


class TestCloser:
    def test_small_thing_in_a_large_picture_gets_a_second_pass(self):
        crop = zoom_crop(Box(2000, 1000, 2300, 1200), Size(4000, 3000), 1024)
        assert crop.size == (512, 512)
        assert crop.contains(Box(2000, 1000, 2300, 1200))

    def test_large_thing_or_small_picture_gets_no_second_pass(self):
        assert zoom_crop(Box(10, 10, 40, 40), Size(1000, 800), 1024) is None
        assert zoom_crop(Box(100, 100, 2600, 2000), Size(4000, 3000), 1024) is None

    def test_zoom_crop_lies_within_the_canvas(self):
        crop = zoom_crop(Box(0, 2900, 100, 3000), Size(4000, 3000), 1024)
        assert Size(4000, 3000).box.contains(crop)

    def test_finer_mask_is_chosen_only_if_it_overlaps_the_coarse_one(self):
        fit = SquareInput.of(Box(64, 64, 192, 192), 256)
        coarse = guess(Box(80, 80, 120, 120))
        same = MaskCandidate(fit, coarse.within(fit).logits, 0.5)
        other = MaskCandidate(fit, -same.logits, 0.5)
        assert better_of(same, coarse, [Click(100, 100)]) is same
        assert better_of(other, coarse, [Click(100, 100)]) is coarse

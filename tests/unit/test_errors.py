import pytest

from retouch import errors
from retouch.errors import BadInput, BadPicture, RetouchError, TooLarge, did_you_mean


def test_error_message_has_path_fault_and_hint():
    error = BadInput("7 is out of bounds.", path="passes[0].steps", hint="Allowed: 1 to 5.")
    assert str(error) == "passes[0].steps: 7 is out of bounds. Allowed: 1 to 5."


def test_error_message_without_path_and_hint_is_the_fault_alone():
    assert str(RetouchError("It broke.")) == "It broke."


def test_json_names_the_class_and_every_part():
    said = TooLarge("too big.", path="image", hint="Shrink it.").as_json()
    assert said == {"error": "TooLarge", "path": "image", "what": "too big.", "hint": "Shrink it."}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("BadInput", 422),
        ("BadPicture", 422),
        ("TooLarge", 413),
        ("Missing", 404),
        ("WeightsRefused", 422),
        ("DownloadFailed", 502),
        ("PaintFailed", 500),
        ("OutOfMemory", 500),
        ("NotANumber", 500),
    ],
)
def test_every_error_has_its_http_status_and_one_root(name, status):
    cls = getattr(errors, name)
    assert issubclass(cls, RetouchError)
    assert cls.status == status


def test_error_subclasses_can_be_caught_by_their_kind():
    assert issubclass(BadPicture, BadInput)
    assert issubclass(TooLarge, BadInput)
    assert issubclass(errors.OutOfMemory, errors.PaintFailed)
    assert issubclass(errors.NotANumber, errors.PaintFailed)


def test_a_close_word_is_suggested():
    assert did_you_mean("stpes", ["steps", "seed"]) == "Did you mean 'steps'?"


def test_without_a_close_word_all_known_ones_are_listed_in_order():
    assert did_you_mean("qqq", ["steps", "seed"]) == "Known: seed, steps."


def test_did_you_mean_without_candidates_reports_that_none_is_known():
    assert did_you_mean("face", []) == "None is known here."

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from retouch.api.answers import AnswerCache, count_characters
from retouch.api.service import REPEATABLE, ApiService
from retouch.errors import BadInput, PaintFailed
from retouch.image.codec import encoder
from tests.stand import Stand, photo

IMAGE = encoder.encode_base64(photo())
FACES = {"name": "Faces", "passes": [{"target": {"models": ["face"]}}]}


def count_calls(answer=None):
    calls = []

    def work():
        calls.append(1)
        return answer or {"number": len(calls)}

    return calls, work


def hold(work):
    """`work` that waits, the event that it has begun, and the event that lets it end."""
    began, may_end = threading.Event(), threading.Event()

    def wait_and_work():
        began.set()
        assert may_end.wait(60)
        return work()

    return wait_and_work, began, may_end


def test_same_key_gets_the_first_answer_and_works_once():
    cache, (calls, work) = AnswerCache(), count_calls()
    assert (
        cache.answer("fix a", {"seed": 1}, work) == cache.answer("fix a", {"seed": 1}, work) == {"number": 1}
    )
    assert cache.answer("fix b", {"seed": 1}, work) == {"number": 2}
    assert len(calls) == 2


def test_request_that_repeats_a_running_one_waits_for_it():
    cache, (calls, work) = AnswerCache(), count_calls()
    slow, began, may_end = hold(work)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(cache.answer, "fix a", {}, slow)
        assert began.wait(60)
        others = [pool.submit(cache.answer, "fix a", {}, work) for _ in range(3)]
        assert not any(other.done() for other in others)
        may_end.set()
        assert {future.result(60)["number"] for future in [first, *others]} == {1}
    assert len(calls) == 1


def test_failure_reaches_those_who_wait_and_is_not_kept():
    cache, (_, work) = AnswerCache(), count_calls()

    def fail():
        raise PaintFailed("no memory.", hint="Use a smaller work size.")

    slow, began, may_end = hold(fail)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.answer, "fix a", {}, slow)
        assert began.wait(60)
        second = pool.submit(cache.answer, "fix a", {}, work)
        may_end.set()
        for future in (first, second):
            with pytest.raises(PaintFailed):
                future.result(60)
    assert cache.answer("fix a", {}, work) == {"number": 1}


def test_key_of_another_body_is_refused():
    cache, (calls, work) = AnswerCache(), count_calls()
    cache.answer("fix a", {"seed": 1}, work)
    with pytest.raises(BadInput) as error:
        cache.answer("fix a", {"seed": 2}, work)
    assert error.value.path == "key"
    assert len(calls) == 1


@pytest.mark.parametrize("limits", [{"max_answers": 2}, {"max_characters": 20}])
def test_oldest_answers_over_a_limit_are_dropped(limits):
    cache, (calls, work) = AnswerCache(**limits), count_calls({"image": "ten chars."})
    for key in "abc":
        cache.answer(key, {}, work)
    cache.answer("c", {}, work)
    cache.answer("b", {}, work)
    assert len(calls) == 3
    cache.answer("a", {}, work)
    assert len(calls) == 4


def test_one_answer_over_the_limit_is_kept_until_the_next():
    cache, (calls, work) = AnswerCache(max_characters=5), count_calls({"image": "ten chars."})
    cache.answer("a", {}, work)
    cache.answer("a", {}, work)
    assert len(calls) == 1


def test_characters_are_counted_at_every_depth():
    assert count_characters({"a": ["12", {"b": "345"}], "c": 5, "d": None, "e": True}) == 5


def test_every_verb_that_paints_has_a_key():
    assert set(REPEATABLE) == {"fix", "adetailer", "batch", "inpaint", "outpaint", "history"}


def test_picture_is_fixed_once_for_two_requests_with_one_key():
    stand = Stand()
    service = ApiService(stand)
    body = {"image": IMAGE, "recipe": FACES, "seed": -1, "key": "k-1"}
    first, second = (service.answer("fix", body) for _ in range(2))
    assert first == second
    assert stand.jobs == ["fix"]
    service.answer("fix", {**body, "key": "k-2"})
    assert stand.jobs == ["fix", "fix"]

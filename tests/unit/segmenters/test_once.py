import threading

import pytest

from retouch.segmenters.compute_once import ComputeOnce


def test_value_of_a_key_is_computed_once():
    made, once = [], ComputeOnce(2)
    for _ in range(3):
        assert once.get("a", lambda: made.append(1) or 7) == 7
    assert made == [1]


def test_concurrent_callers_wait_for_the_first_computation():
    once, begun, go = ComputeOnce(2), threading.Event(), threading.Event()
    made, got = [], []

    def slow():
        made.append(1)
        begun.set()
        assert go.wait(5)
        return object()

    threads = [threading.Thread(target=lambda: got.append(once.get("a", slow))) for _ in range(4)]
    threads[0].start()
    assert begun.wait(5)
    for thread in threads[1:]:
        thread.start()
    assert once.get("b", lambda: "other keys do not wait") == "other keys do not wait"
    go.set()
    for thread in threads:
        thread.join(5)
    assert made == [1]
    assert len(got) == 4
    assert len(set(map(id, got))) == 1


def test_least_recently_used_value_is_evicted():
    once = ComputeOnce(2)
    for key in ("a", "b", "a", "c"):
        once.get(key, lambda key=key: key)
    assert len(once) == 2
    assert once.get("a", lambda: "again") == "a"
    assert once.get("b", lambda: "again") == "again"


def test_failed_computation_is_tried_again():
    once = ComputeOnce(2)
    with pytest.raises(ZeroDivisionError):
        once.get("a", lambda: 1 // 0)
    assert once.get("a", lambda: 5) == 5

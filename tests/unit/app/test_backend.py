from __future__ import annotations

from retouch.app.backend import LOADING, Standalone
from retouch.testing import FakeDetector, FakeEngine


class Registry:
    def get(self, name: str) -> FakeDetector:
        return FakeDetector(())

    def available(self) -> tuple[()]:
        return ()


def test_job_that_loads_the_model_says_so_to_every_client():
    seen = []

    def load_engine() -> FakeEngine:
        seen.extend(backend.progress(task) for task in ("mine", "another"))
        return FakeEngine(64)

    backend = Standalone(load_engine, Registry())
    with backend.busy("inpaint", "mine"):
        assert backend.progress("mine")["fraction"] == 0
    assert [progress["what"] for progress in seen] == [LOADING, LOADING]
    assert [progress["task"] for progress in seen] == ["mine", ""]
    with backend.busy("inpaint", "mine"):
        pass
    assert len(seen) == 2

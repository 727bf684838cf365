"""Puts the stand-in in the WebUI's place: `modules` is importable from here on, and nothing else is added.

Nothing else is called `modules`, so it may stay in sys.modules; sys.path is as before at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.webui.dialect import install

install()

import torch  # noqa: E402
from modules import trace  # noqa: E402  (only now there is one)

from retouch.image.quality.measure import Quality  # noqa: E402
from retouch.outpaint.stage_painter import StagePainter  # noqa: E402
from retouch.pipeline import canvas  # noqa: E402
from retouch.pipeline.before_after import BeforeAfter  # noqa: E402
from retouch.pipeline.pipeline import Pipeline  # noqa: E402
from retouch.pipeline.ranking import Ranker  # noqa: E402
from retouch.pipeline.traits import Traits  # noqa: E402
from retouch.webui import service  # noqa: E402
from tests.webui.driver import Detectors, WebUI  # noqa: E402


@pytest.fixture(scope="session")
def started() -> WebUI:
    """The page is built once for all tests."""
    whole = pytest.MonkeyPatch()
    webui = WebUI()
    whole.setattr(service, "registry", Detectors)
    webui.start()
    whole.undo()
    return webui


@pytest.fixture
def gated() -> bool:
    """Whether results are measured, compared and matched to their surroundings.

    Here they are not: the stand-in paints flat colours, and most of a fix's time would go there.
    """
    return False


def _measure_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "gate_failure", lambda quality, gate: "")
    monkeypatch.setattr(canvas, "colour_field", lambda *_: None)
    monkeypatch.setattr(canvas, "drift_around", lambda *_: None)
    monkeypatch.setattr(Traits, "_compress", lambda traits, over, step, spot: over)
    monkeypatch.setattr(BeforeAfter, "scores", lambda *_: Quality())
    monkeypatch.setattr(Pipeline, "_judge", lambda studio, how: Ranker())
    monkeypatch.setattr(StagePainter, "_join", lambda stages, step, candidate: candidate)
    monkeypatch.setattr(StagePainter, "_fault_of", lambda *_: 0.0)
    monkeypatch.setattr(StagePainter, "_seam_excess", lambda *_: 0.0)


@pytest.fixture
def webui(started: WebUI, monkeypatch: pytest.MonkeyPatch, gated: bool) -> Iterator[WebUI]:
    """As after a start. Errors that the WebUI would log fail the test, unless it takes them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the latents are tiny
    started.reset()
    monkeypatch.setattr(service, "registry", lambda: started.detectors)
    monkeypatch.setattr(service, "segmenters", lambda: started.segmenters)
    if not gated:
        _measure_nothing(monkeypatch)
    yield started
    torch.set_num_threads(threads)
    errors = [(said["message"], said["error"]) for said in trace.of("error")]
    assert not errors

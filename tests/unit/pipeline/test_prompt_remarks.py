"""What an engine tells of a prompt reaches the person: once, whatever road is taken."""

from dataclasses import dataclass

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.engines.base import Job, PromptReader
from retouch.image.codec import encoder
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.outpaint.run import extend
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.recipes.recipe import Generation
from retouch.testing import Counted, FakeEngine, FakeProgress
from tests.helpers import face_pass, noise
from tests.stand import Stand, photo
from tests.unit.outpaint.test_progress import ONCE, way

CANVAS = Size(300, 200)
TWO = [Region.of_box(Box(20, 20, 60, 60)), Region.of_box(Box(200, 100, 260, 160))]
FACES = {"name": "Faces", "passes": [{"target": {"models": ["face"]}}]}


@dataclass
class Reader(FakeEngine):
    """Reads the first word of a prompt only."""

    broken: bool = False

    def prompt_remarks(self, job: Job) -> tuple[str, ...]:
        if self.broken:
            raise RuntimeError("no tokenizer")
        return tuple(f"{word} is left out" for word in job.prompt.split()[1:])


def warnings(prompt, engine=None, progress=None):
    made = plan_pass(CANVAS, TWO, PassWork(0, face_pass(prompt=prompt)), Generation(), Size(128, 128))
    (result,) = run_plans([noise(CANVAS)], [made], engine or Reader(128), progress)
    return result.warnings


def test_remark_is_reported_once_for_all_regions():
    assert warnings("red apple") == ("apple is left out",)
    assert warnings("red apple [SEP] blue car") == ("apple is left out", "car is left out")


def test_engine_without_prompt_reader_gives_no_remarks():
    assert isinstance(Reader(), PromptReader)
    assert not isinstance(FakeEngine(), PromptReader)
    assert warnings("red apple", FakeEngine(128)) == ()
    assert warnings("red apple", Counted(FakeEngine(128))) == ()
    assert warnings("red apple", Counted(Reader(128))) == ("apple is left out",)


def test_unpainted_regions_have_no_remarks():
    assert warnings("red apple", progress=FakeProgress(stop_after=0)) == ()


def test_error_while_reading_remarks_is_ignored():
    assert warnings("red apple", Reader(128, broken=True)) == ()


def test_extension_reports_a_remark_once_for_all_stages():
    done = extend(way(), Reader(side=256), ONCE)
    assert len(done.reports) == 2
    assert done.warnings == ("beach is left out",)


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("fix", {"recipe": FACES}),
        (
            "inpaint",
            {
                "intent": "refine",
                "mask": encoder.encode_base64(Picture(np.full((200, 240, 3), 255, np.uint8))),
            },
        ),
        ("outpaint", {"right": 64, "refine": 0.3}),
    ],
)
def test_every_verb_warns_once_of_prompt_words_left_out(verb, body):
    service = ApiService(Stand(engine=Reader(256)))
    answer = service.answer(verb, {"image": encoder.encode_base64(photo()), "prompt": "red apple", **body})
    assert [text for text in answer["warnings"] if "left out" in text] == ["apple is left out"]


def test_unused_prompt_is_reported():
    own = {"name": "Own", "passes": [{"target": {"models": ["face"]}, "prompt": "a smile"}]}
    body = {"image": encoder.encode_base64(photo()), "prompt": "red apple", "negative_prompt": "green pear"}
    (told,) = ApiService(Stand()).answer("fix", {**body, "recipe": own})["warnings"]
    assert told.startswith('The prompt "red apple" is not used: every pass has its own.')
    assert not ApiService(Stand()).answer("fix", {**body, "recipe": FACES})["warnings"]

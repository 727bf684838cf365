"""Pictures and masks that come in and go out by hand: dropped, pasted, imported, exported, sketched."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS
from tests.browser.test_painting import ACTIVE_MASK

GIVE = """([kind, type, content]) => {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "given.png", { type: "image/png" }));
    const event = kind === "paste"
        ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(".rt-stage canvas").dispatchEvent(event);
}"""


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def give(editor, kind: str, *types: str, content: bytes) -> None:
    for name in types:
        editor.page.evaluate(GIVE, [kind, name, base64.b64encode(content).decode()])


def active_mask(editor, height: int = 200, width: int = 300) -> np.ndarray:
    return np.array(editor.page.evaluate(ACTIVE_MASK), np.uint8).reshape(height, width)


def choose(editor, press, path: Path) -> None:
    with editor.page.expect_file_chooser() as chooser:
        press()
    chooser.value.set_files(path)


def half(tmp_path: Path, size: tuple[int, int] = (300, 200)) -> Path:
    """The left half white."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[:, : size[0] // 2] = 255
    Image.fromarray(mask).save(tmp_path / "left.png")
    return tmp_path / "left.png"


def test_a_picture_is_dropped_and_another_pasted(session, pixels):
    editor = session()
    give(editor, "drop", "dragenter", "dragover", "drop", content=png(pixels))
    expect(editor["size"]).to_have_text("300 × 200", timeout=WAIT_MS)
    expect(editor.page.locator(".rt-veil")).to_be_hidden()
    assert np.array_equal(editor.saved()[0], pixels)
    give(editor, "paste", "paste", content=png(pixels[:90, :120]))
    expect(editor["size"]).to_have_text("120 × 90", timeout=WAIT_MS)
    assert np.array_equal(editor.saved()[0], pixels[:90, :120])


def test_dropped_file_that_is_no_picture_is_reported_and_ignored(editor, pixels):
    give(editor, "drop", "drop", content=b"no picture")
    expect(editor["notices"]).to_contain_text("given.png is not a picture")
    assert np.array_equal(editor.saved()[0], pixels)


def test_exported_mask_is_imported_bit_identical(editor, tmp_path):
    editor.point(*DISC)
    before = active_mask(editor)
    with editor.page.expect_download() as download:
        editor["export-mask"].click()
    download.value.save_as(tmp_path / "mask.png")
    with Image.open(tmp_path / "mask.png") as image:
        assert np.array_equal(np.array(image.convert("L")), before)
    editor["object"].get_by_label("Use: repaint this").uncheck()
    choose(editor, editor["import-mask"].click, tmp_path / "mask.png")
    expect(editor["object"]).to_have_count(2)
    assert np.array_equal(active_mask(editor), before)
    assert before.any()


def test_imported_mask_of_another_size_is_scaled_with_a_notice(editor, tmp_path):
    choose(editor, editor["import-mask"].click, half(tmp_path, (600, 400)))
    expect(editor["notices"]).to_contain_text("600x400")
    expect(editor["notices"]).to_contain_text("mask read as grey levels")
    mask = active_mask(editor)
    assert (mask[:, :149] == 255).all()
    assert not mask[:, 151:].any()


def test_imported_file_that_is_no_mask_is_reported(editor, tmp_path):
    (tmp_path / "words.png").write_text("no picture")
    choose(editor, editor["import-mask"].click, tmp_path / "words.png")
    expect(editor["notices"]).to_contain_text("words.png: not a readable picture")
    expect(editor["object"]).to_have_count(0)


def test_in_the_webui_a_mask_comes_from_inpaint_upload(session, server, picture, tmp_path):
    """The tab's root and the host's own image box; the studio's files from where the tab says."""
    mask = base64.b64encode(half(tmp_path).read_bytes()).decode()
    page = f"""<!doctype html><html lang="en"><title>Host</title><div id="img_inpaint_mask"></div>
        <div id="retouch_studio" data-host="webui" data-api="retouch/v1" data-files="./"></div>
        <script>const put = () => document.getElementById("img_inpaint_mask").innerHTML =
            '<img hidden src="data:image/png;base64,{mask}">'</script>
        <script type="module" src="javascript/retouch.mjs"></script></html>"""
    answer = {"body": page, "content_type": "text/html"}
    editor = session(before=lambda p: p.route(server.url + "/", lambda route: route.fulfill(**answer)))
    editor.open(picture)
    for ready in (False, True):
        editor["import-mask"].click()
        editor["mask-from-inpaint"].click()
        if not ready:
            expect(editor["notices"]).to_contain_text("has no mask")
            editor.page.evaluate("put()")
    expect(editor["object"]).to_have_count(1)
    found = active_mask(editor)
    assert (found[:, :150] == 255).all()
    assert not found[:, 150:].any()
    choose(editor, lambda: (editor["import-mask"].click(), editor["mask-from-file"].click()), half(tmp_path))
    expect(editor["object"]).to_have_count(2)


def test_tooltips_of_the_webui_are_not_put_on_the_studio(session, server):
    """The WebUI gives each button a title whose text is that of one of its own, a second after it appears."""
    page = """<!doctype html><html lang="en"><title>Host</title><button id="own">Save</button>
        <div id="retouch_studio" data-host="webui" data-api="retouch/v1" data-files="./"></div>
        <script type="module" src="javascript/retouch.mjs"></script></html>"""
    answer = {"body": page, "content_type": "text/html"}
    editor = session(before=lambda p: p.route(server.url + "/", lambda route: route.fulfill(**answer)))
    titled = """() => {
        const nodes = [...document.querySelectorAll("button, span, p")].filter((node) => !node.title);
        nodes.forEach((node) => (node.title = "Write image to a directory"));
        return nodes.length;
    }"""
    assert editor.page.evaluate(titled) > 20
    editor.page.wait_for_timeout(50)
    foreign = "[...document.querySelectorAll('[title^=Write]')].map((node) => node.id)"
    assert editor.page.evaluate(foreign) == ["own"]


def test_a_sketch_is_mask_and_starting_content_at_the_server(editor, server, pixels):
    editor["tool-sketch"].click()
    editor.page.get_by_label("Colour", exact=True).fill("#3010f0")
    editor.drag((40, 40), (120, 60))
    editor.press("fill")
    editor.offered(2)
    (call,) = server.backend.painted
    drawn = np.all(np.abs(call.picture.pixels.astype(int) - (0x30, 0x10, 0xF0)) < 3, 2)
    assert drawn[50, 80]
    assert (call.mask[drawn] > 127).mean() > 0.95
    assert np.array_equal(call.picture.pixels[call.mask == 0], pixels[call.mask == 0])
    assert not call.mask[150, 250]


def test_a_rough_mask_snaps_to_the_edge_in_one_undoable_step(editor, pixels):
    disc = np.all(pixels == (200, 40, 30), 2)
    editor["tool-brush"].click()
    editor["brush-size"].fill("86")
    editor["brush-hardness"].fill("100")
    editor.drag(DISC, (DISC[0] + 1, DISC[1]))
    rough = active_mask(editor) > 127
    with editor.page.expect_response("**/mask"):
        editor.page.get_by_role("button", name="Snap to edges").click()
    expect(editor["undo"]).to_have_attribute("data-tip", "Undo: Snap to edges  (Ctrl+Z)")
    snapped = active_mask(editor) > 127
    assert (snapped != disc).sum() < 0.5 * (rough != disc).sum()
    editor["undo"].click()
    assert np.array_equal(active_mask(editor) > 127, rough)

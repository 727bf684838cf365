"""Run by a WebUI's Python in its folder: `inside.py OUT boot | share PICTURE STEPS`; writes JSON to OUT.

The WebUI is started up to the point at which it loads extensions. The work of Retouch after that is measured.
"""

from __future__ import annotations

import compileall
import contextlib
import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def boot_host() -> None:
    """Start the WebUI without other extensions, because their imports could hide the cost of ours."""
    sys.argv = [sys.argv[0], "--disable-extra-extensions"]
    sys.path[0] = str(Path.cwd())
    from modules import initialize

    initialize.imports()
    initialize.initialize()
    from modules import shared

    assert shared.sd_model, "a checkpoint is needed"  # waits for the thread that loads it


@contextlib.contextmanager
def connections() -> Iterator[list[str]]:
    """Yields every address that this process tries to connect to or to look up."""
    tried: list[str] = []
    kept = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def noting(original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            tried.append(repr(args[1:] if isinstance(args[0], socket.socket) else args))
            return original(*args, **kwargs)

        return call

    socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = map(noting, kept)  # type: ignore[method-assign]
    try:
        yield tried
    finally:
        socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = kept  # type: ignore[method-assign]


def load_script() -> tuple[float, Any]:
    """(CPU seconds to import our script, the module).

    It is imported as the host imports it from its second start on. CPU time is used because an import waits
    only for the disk, and the work of other programs must not count.
    """
    from modules import script_loading

    sys.path.insert(0, str(ROOT))
    _compile()
    begun = time.thread_time()
    module = script_loading.load_module(str(ROOT / "scripts" / "retouch_entry.py"))
    return time.thread_time() - begun, module


def _compile() -> None:
    """Compile the bytecode as a first start does, but beside OUT instead of in the checkout."""
    sys.pycache_prefix = str(Path(sys.argv[0]).parent)
    for folder in ("retouch", "scripts"):
        compileall.compile_dir(str(ROOT / folder), quiet=2)


def boot(_: list[str]) -> dict[str, Any]:
    """Import our script, then run the start-up callbacks of Retouch: settings, panel, routes."""
    boot_host()
    with connections() as tried:
        seconds, module = load_script()
        _start_up(module)
    return {"import_seconds": seconds, "connections": tried}


def _start_up(module: Any) -> None:
    import gradio
    from fastapi import FastAPI
    from modules import script_callbacks

    for kind, args in (("before_ui", ()), ("ui_settings", ()), ("app_started", (None, FastAPI()))):
        for known in script_callbacks.callback_map[f"callbacks_{kind}"]:
            if known.callback.__module__.startswith("retouch."):
                known.callback(*args)
    with gradio.Blocks():
        script = module.RetouchScript()
        script.tabname, script.is_txt2img, script.is_img2img = "txt2img", True, False
        script.ui(False)


def share(words: list[str]) -> dict[str, Any]:
    """One fix by the WebUI's engine: seconds in total, and in each kind of forward pass.

    Models are loaded before.
    """
    boot_host()
    load_script()
    from modules import shared

    from retouch.detectors.mediapipe_graphs import Graphs
    from tools.bench.watching import Stopwatch, timed

    watch, (picture, steps) = Stopwatch(), words
    fix = _fixer(picture)
    fix(1)
    with watch.method(Graphs, "run", "detector"), watch.modules(_parts(shared.sd_model)):
        found: list[Any] = []
        seconds = timed(lambda: found.extend(fix(int(steps))))
    faces = sum(report.kept for result in found for report in result.reports)
    model = f"{shared.sd_model.sd_checkpoint_info.name}, {shared.sd_model.device}, {shared.sd_model.dtype}"
    return {"seconds": seconds, "forward": watch.seconds, "faces": faces, "model": model}


def _fixer(path: str) -> Any:
    from retouch.image.codec import decoder
    from retouch.pipeline.pipeline import PictureInput
    from retouch.recipes.recipe import Generation, Pass, Recipe
    from retouch.recipes.sampling import Sampling
    from retouch.recipes.target import Target
    from retouch.webui import host, service

    picture = decoder.read(Path(path))
    recipe = Recipe("Bench", "", (Pass(target=Target(models=("mediapipe face full",))),))

    def fix(steps: int) -> list[Any]:
        sampling = Sampling(steps=steps, sampler=host.sampling().sampler)
        with service.working():
            generation = Generation("a portrait photograph", "blurry", 1, sampling=sampling)
            return service.pipeline_on(service.engine_for()).fix([PictureInput(picture, generation)], recipe)

    return fix


def _parts(model: Any) -> dict[str, Any]:
    """The modules of a Stable Diffusion 1.x or 2.x checkpoint whose forward passes are timed."""
    vae = model.first_stage_model
    inner = {"VAE encoder": vae.encoder, "VAE decoder": vae.decoder}
    outer = {"VAE quant": vae.quant_conv, "VAE post-quant": vae.post_quant_conv}
    text = model.cond_stage_model.wrapped.transformer
    return {"text encoder": text, "UNet": model.model.diffusion_model, **inner, **outer}


def main() -> None:
    _, out, what, *words = sys.argv
    sys.argv[0] = out
    found = {"boot": boot, "share": share}[what](words)
    Path(out).write_text(json.dumps(found))


if __name__ == "__main__":
    main()

"""The names of the WebUI that `retouch/webui` uses on one dialect, read from its source. Nothing is imported.

A name is dotted and starts at a module of the WebUI's `modules` package: `shared.state.begin`,
`processing.StableDiffusionProcessingImg2Img.steps`. A name of another package of a fork starts at that
package: `modules_forge.utils.apply_circular_forge`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HUB = "retouch.webui.host.modules"
"""Our module that gives the WebUI's modules under their own names: `shared = _module("shared")`."""
IMPORT = "_module"
"""The function in the hub that imports a module of the WebUI."""
DIALECTS = ("a1111", "reforge", "forge", "neo")
"""The modules in the folder `host` that belong to one dialect each. Their classes inherit in this order."""
PACKAGES = ("modules", "modules_forge")
"""The packages of the WebUIs. Only names of the first are written without the package."""
IMG2IMG = "processing.StableDiffusionProcessingImg2Img"
DUCKS = {
    "p": IMG2IMG,
    "outer": IMG2IMG,
    "txt2img": "processing.StableDiffusionProcessingTxt2Img",
    "processed": "processing.Processed",
    "state": "shared.state",
    "runner": "scripts.ScriptRunner",
    "quiet": "scripts.ScriptRunner",
    "mba": "scripts.MaskBlendArgs",
    "xyz": "xyz_grid",
}
"""Variable name -> class of its value, the same everywhere in `retouch/webui`."""
OF_HIRES_FIX = "hr_"
"""The start of the fields of hires fix. Only txt2img has them."""
ARGUMENTS = {"images": "scripts.PostprocessBatchListArgs", "image": "scripts.PostprocessImageArgs"}
"""The class of `pp`, by the attribute that is read from it."""
OWN = {
    "retouch",
    "retouch_jobs",
    "retouch_alpha",
    "retouch_outpaint",
    "retouch_pasts",
    "decoded",
    "hold",
    "remarks",
    "__dict__",
    "__class__",
    "__dataclass_fields__",
}
"""Attributes that Retouch or Python sets on the WebUI's objects."""
_OF_JOBS = (
    "disable_extra_networks",
    "eta",
    "image_conditioning",
    "init_latent",
    "mask",
    "nmask",
    "refiner_checkpoint",
    "refiner_switch_at",
    "s_churn",
    "s_min_uncond",
    "s_noise",
    "s_tmax",
    "s_tmin",
)
DYNAMIC = (
    *(f"{IMG2IMG}.{name}" for name in _OF_JOBS),
    "scripts.Script.filename",
    "scripts.ScriptClassData.module",
    "scripts.ScriptClassData.script_class",
    "sd_models.CheckpointInfo.title",
    "sd_samplers_cfg_denoiser.CFGDenoiser.mask_before_denoising",
    "sd_samplers_common.SamplerData.name",
    "sd_samplers_kdiffusion.KDiffusionSampler.get_sigmas",
    "sd_samplers_timesteps.CompVisSampler.get_timesteps",
    "sd_schedulers.Scheduler.label",
    *(f"shared.state.{name}" for name in ("job", "sampling_step", "sampling_steps")),
    "xyz_grid.AxisOption.label",
)
"""Names that are built at run time or read from an element of a list, so that the source does not show
them."""
_LDM = (
    *(f"sd_models_types.WebuiSdModel.{name}" for name in ("is_sd1", "is_sd2", "model", "parameterization")),
    "sd_models_types.WebuiSdModel.sd_checkpoint_info",
    "sd_samplers_timesteps.CFGDenoiserTimesteps.alphas",
)
_OF_FORGE_MODELS = (
    "current_lora_hash",
    "forge_objects",
    "forge_objects_after_applying_lora",
    "get_prompt_lengths_on_ui",
    "is_sd1",
    "tiling_enabled",
)
_OF_FORGE_DENOISERS = ("init_latent", "mask", "nmask", "p")
_FORGE = (
    *(f"backend.diffusion_engine.base.ForgeDiffusionEngine.{name}" for name in _OF_FORGE_MODELS),
    "backend.modules.k_prediction.AbstractPrediction.noise_scaling",
    "backend.modules.k_prediction.AbstractPrediction.prediction_type",
    *(f"script_callbacks.CFGDenoiserParams.{name}" for name in ("denoiser", "sigma", "x")),
    *(f"sd_models.model_data.{name}" for name in ("forge_hash", "forge_loading_parameters", "sd_model")),
    *(f"sd_samplers_cfg_denoiser.CFGDenoiser.{name}" for name in _OF_FORGE_DENOISERS),
)
_OF_EDIT_MODELS = ("edit", "is_referencing", "klein", "kontext", "krea2", "ref_latents")
_NEO = (
    *_FORGE,
    *(f"backend.args.dynamic_args.{name}" for name in _OF_EDIT_MODELS),
    *(f"backend.diffusion_engine.base.ForgeDiffusionEngine.{name}" for name in ("ini_latent", "ref_latents")),
)
OF_DIALECTS = {"a1111": _LDM, "reforge": _LDM, "forge": _FORGE, "neo": _NEO}
"""As `DYNAMIC`, for one dialect. Retouch reads these from the loaded model, or through a local variable."""


def used(folder: Path, dialect: str = "a1111") -> list[str]:
    """Every name of the WebUI that the Python files of `folder` use on a dialect, sorted."""
    trees = _trees(folder, dialect)
    handed_on = {name for tree in trees for name in _imports(tree)}
    found = {name for tree in trees for name in _File.of(tree, handed_on).names()}
    return sorted(found | {*DYNAMIC, *OF_DIALECTS[dialect]})


def _trees(folder: Path, dialect: str) -> list[ast.Module]:
    """The syntax trees of the shared files, and of the dialect's chain with its effective methods only."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))}
    own = {path.stem: tree for path, tree in trees.items() if _of_dialect(path)}
    shared = [tree for path, tree in trees.items() if not _of_dialect(path)]
    return [*shared, *_chain(own, dialect)]


def _of_dialect(path: Path) -> bool:
    return path.parent.name == "host" and path.stem in DIALECTS


def _chain(own: dict[str, ast.Module], dialect: str) -> list[ast.Module]:
    """The modules of a dialect and of the classes from which it inherits. Overridden methods are removed.

    A method that is called as `super().name()` stays in the parent.
    """
    modules: list[ast.Module] = []
    overridden: set[str] = set()
    name: str | None = dialect
    while name in own:
        modules.append(own[name])
        cls = next(node for node in own[name].body if isinstance(node, ast.ClassDef))
        cls.body = [node for node in cls.body if getattr(node, "name", "") not in overridden]
        overridden |= {node.name for node in cls.body if isinstance(node, ast.FunctionDef)}
        overridden -= _called_on_super(cls)
        name = next((base.id.lower() for base in cls.bases if isinstance(base, ast.Name)), None)
    return modules


def _called_on_super(cls: ast.ClassDef) -> set[str]:
    """The names of `super().name` in a class."""
    chains = (node for node in ast.walk(cls) if isinstance(node, ast.Attribute))
    return {node.attr for node in chains if ast.unparse(node.value) == "super()"}


def _imports(tree: ast.AST) -> dict[str, str]:
    """Local name -> dotted name, for everything imported from the WebUI's packages."""
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
            package = (node.module or "").split(".")
            inside = package[1:] if package[0] == PACKAGES[0] else package
            bound.update({a.asname or a.name: ".".join([*inside, a.name]) for a in node.names})
        if isinstance(node, ast.Assign) and _is_name(node.targets[0]) and isinstance(node.value, ast.Call):
            bound.update(_module_named(node.targets[0].id, node.value))
    return bound


def _module_named(local: str, call: ast.Call) -> dict[str, str]:
    """{local name: module} of `local = _module("name")`, else {}."""
    is_import = isinstance(call.func, ast.Name) and call.func.id == IMPORT
    return {local: ast.literal_eval(call.args[0])} if is_import else {}


@dataclass
class _File:
    tree: ast.Module
    bound: dict[str, str]
    """Local name -> dotted name; "" for the hub itself."""
    handed_on: set[str]
    """The names of the WebUI that the hub gives."""
    subclasses: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module, handed_on: set[str]) -> _File:
        bound = {**DUCKS, **_imports(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == HUB:
                bound.update({a.asname or a.name: a.name for a in node.names if a.name in handed_on})
            if isinstance(node, ast.ImportFrom) and node.module == HUB.rpartition(".")[0]:
                bound.update({a.asname or a.name: "" for a in node.names if a.name == "modules"})
        return cls(tree, bound, handed_on)

    def names(self) -> Iterator[str]:
        yield from _imports(self.tree).values()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield from self._of_class(node)
        for node in _outermost(self.tree):
            yield from self._of_chain(node)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield from self._of_call(node)

    def _of_chain(self, node: ast.Attribute) -> Iterator[str]:
        root, parts = _unrolled(node)
        if root == "pp" and parts[0] in ARGUMENTS:
            yield f"{ARGUMENTS[parts[0]]}.{parts[0]}"
            return
        base = self.bound.get(root)
        if base is None or (base == "" and parts[0] not in self.handed_on) or parts[0] in OWN:
            return
        depth = 1 if root in DUCKS else next((n for n, part in enumerate(parts) if part in OWN), len(parts))
        yield ".".join(part for part in [base, *parts[:depth]] if part)

    def _of_class(self, node: ast.ClassDef) -> Iterator[str]:
        """The methods that override the WebUI's, and the attributes that a method reads from `self`."""
        base = next((b for b in map(self._resolved, node.bases) if b), None)
        if base is None:
            return
        self.subclasses[node.name] = base
        yield base
        methods = {f.name: f for f in node.body if isinstance(f, ast.FunctionDef)}
        ours = OWN | {n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and _is_name(n.target)}
        ours |= {name for name, f in methods.items() if name.startswith("_") or f.decorator_list}
        yield from (f"{base}.{name}" for name in methods if name not in ours)
        for attribute in _outermost(node):
            root, parts = _unrolled(attribute)
            if root == "self" and parts[0] not in ours and not parts[0].startswith("_"):
                yield f"{base}.{parts[0]}"

    def _of_call(self, node: ast.Call) -> Iterator[str]:
        """Keyword arguments of the constructors of our subclasses, and the names in `getattr(p, "name")`."""
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in self.subclasses:
            yield from (f"{self.subclasses[called]}.{k.arg}" for k in node.keywords if k.arg)
        if called == "getattr" and _is_name(node.args[0]) and isinstance(node.args[1], ast.Constant):
            name = str(node.args[1].value)
            base = DUCKS.get(node.args[0].id)
            base = DUCKS["txt2img"] if base and name.startswith(OF_HIRES_FIX) else base
            if base and name not in OWN:
                yield f"{base}.{name}"

    def _resolved(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Attribute):
            return ""
        return next(self._of_chain(node), "")


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _outermost(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every whole `a.b.c` that starts at a plain name, once."""
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _unrolled(node)[0]:
            if id(node) not in inner:
                yield node
            inner.add(id(node.value))


def _unrolled(node: ast.Attribute) -> tuple[str, list[str]]:
    """("a", ["b", "c"]) of `a.b.c`. The first is "" if the expression does not start at a name."""
    parts: list[str] = []
    at: ast.expr = node
    while isinstance(at, ast.Attribute):
        parts.append(at.attr)
        at = at.value
    return (at.id if isinstance(at, ast.Name) else ""), parts[::-1]

"""Intents: the purpose of an inpainting, as one word that stands for many knobs.

The source of a default is in the comment next to it. "Guides" are four guides to inpainting: ZSky AI's guide,
AI/TLDR, stable-diffusion-art, and "Inpainting 101" for the WebUI. Numbers of other tools come from their
code. All intents leave mask blur and only masked padding blank: both then scale with the masked area, and the
padding also with the denoising strength.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from retouch.knobs import dump
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Pass
from retouch.recipes.shape import Shape

EMPTY_SCENE = "empty background, scenery"
"""The prompt for an empty area. Krita's plugin uses "background scenery" when it removes without a prompt."""
SKETCHED = {"masked_content": "original", "denoising_strength": 0.55}
"""Defaults over a sketch: guides name strengths of 0.5 to 0.56, which keep the drawn shapes and colours."""


@dataclass(frozen=True)
class Intent:
    """One button. `how` holds the defaults of its pass; a request can change any of them.

    `context` is added to every prompt. `of_object` is the use of the object's own words: "left out", "prompt"
    if there is no other prompt, or "negative prompt".
    """

    name: str
    label: str
    description: str
    how: Pass
    prompt_needed: bool = False
    context: str = ""
    of_object: str = "left out"

    def prompts_for(self, asked: PromptPair, words: str) -> PromptPair:
        """The prompts of a region whose object has the name `words`."""
        prompt, negative = asked.prompt.strip(), asked.negative_prompt.strip()
        if self.of_object == "prompt":
            prompt = prompt or words.strip()
        if self.of_object == "negative prompt":
            negative = _join(negative, words)
        return PromptPair(_join(prompt, self.context), negative)

    def summary(self) -> dict[str, Any]:
        """The button's texts and the defaults of its knobs, for the page."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        keys = ("name", "label", "description", "prompt_needed")
        return {**{key: values[key] for key in keys}, "pass": dump(self.how)}


def _join(*texts: str) -> str:
    return ", ".join(text.strip() for text in texts if text.strip())


INTENTS = {
    intent.name: intent
    for intent in (
        Intent(
            "fill",
            "Fill",
            "Paint what the surroundings suggest. A prompt is not needed.",
            # Fill: colours of the picture, something different in it (guides). 0.7-1.0 for a full
            # replacement, but above 0.8-0.9 the new no longer belongs (guides).
            Pass(masked_content="fill", denoising_strength=0.85),
        ),
        Intent(
            "remove",
            "Remove",
            "Take it away and paint what is behind it. A prompt says what should be there instead.",
            # Fill, so that nothing of the object is left to be painted on: Krita prefills, IOPaint erases
            # before anything else. Krita and PowerPaint denoise at 1.0; SDXL is worse at exactly that
            # (its model card; diffusers #4858).
            # What is behind a coloured thing in a black-and-white photograph is black-and-white.
            # What is behind goes on from what is around: a step at the edge is a fault of the painter.
            # "Mask a little more than the object" (guides): shadow, reflection, the blur of its outline.
            # Krita grows by 4 px and 5 % of the diagonal: 8 % of a square's side, in round numbers. With
            # the fade of at least 6 px it covers an outline's blur and the first of a shadow.
            Pass(
                masked_content="fill",
                denoising_strength=0.9,
                keep_tone="all",
                match_edge=1.0,
                shape=Shape(grow_share=0.08, grow_least=3),
            ),
            # "Prompt what should be there instead, never the object" (guides). PowerPaint (arXiv
            # 2312.03594) has the context as the prompt and the object as the negative prompt.
            context=EMPTY_SCENE,
            of_object="negative prompt",
        ),
        Intent(
            "replace",
            "Replace",
            "Something else in its place; invert the mask to replace the background.",
            # 0.6-0.8 for objects and background swaps, fill for something different (guides).
            Pass(masked_content="fill", denoising_strength=0.8),
            prompt_needed=True,
        ),
        Intent(
            "add",
            "Add",
            "Something new where nothing is.",
            # Latent noise for new things, with a high denoising strength; 0.7-1.0 (guides). Krita starts
            # from grey at 1.0, Fooocus from an empty latent at 1.0.
            Pass(masked_content="latent noise", denoising_strength=0.95),
            prompt_needed=True,
        ),
        Intent(
            "refine",
            "Refine",
            "The same, better: more detail, fewer faults.",
            # Original for refinement; 0.4-0.6, a good first try is 0.5 (guides). Fooocus' "Improve
            # Detail" and Impact's detailer have 0.5 too.
            Pass(masked_content="original", denoising_strength=0.5),
            of_object="prompt",
        ),
    )
}

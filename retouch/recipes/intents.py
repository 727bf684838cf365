"""Intents: what a person wants done under a mask, as one word that stands for many knobs.

A default's source is in the comment beside it. "Guides" are the four that practice was gathered from: ZSky
AI's guide, AI/TLDR, stable-diffusion-art, and "Inpainting 101" for the WebUI; other tools' numbers are read
from their code. All leave mask blur and only masked padding blank: both then scale with what is masked, and
the padding with the denoising strength too.
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
"""What is where nothing is. Krita's plugin says "background scenery" when it removes without a prompt."""
SKETCHED = {"masked_content": "original", "denoising_strength": 0.55}
"""Painted colours steer the result: guides name 0.5-0.56 as what keeps the drawn shapes and colours."""


@dataclass(frozen=True)
class Intent:
    """One button. `how` are the defaults of its pass; a request changes any of them.

    `context`: words that are added to every prompt. `of_object`: what becomes of the object's own words:
    left out, the prompt if there is no other, or the negative prompt.
    """

    name: str
    label: str
    description: str
    how: Pass
    prompt_needed: bool = False
    context: str = ""
    of_object: str = "left out"

    def prompts_for(self, asked: PromptPair, words: str) -> PromptPair:
        """The prompts of a region whose object `words` name."""
        prompt, negative = asked.prompt.strip(), asked.negative_prompt.strip()
        if self.of_object == "prompt":
            prompt = prompt or words.strip()
        if self.of_object == "negative prompt":
            negative = _join(negative, words)
        return PromptPair(_join(prompt, self.context), negative)

    def summary(self) -> dict[str, Any]:
        """For the page: what the button says, and the defaults of its knobs."""
        told = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        kept = ("name", "label", "description", "prompt_needed")
        return {**{key: told[key] for key in kept}, "pass": dump(self.how)}


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

"""Prompts that change while sampling: `[from:to:when]`, when a share of the steps or their number."""

import re

_EDIT = re.compile(r"\[([^\[\]:]*):([^\[\]:]*):([0-9.]+)\]")


def get_learned_conditioning_prompt_schedules(
    prompts, base_steps, hires_steps=None, use_old_scheduling=False
):
    """Per prompt a list of [last step, text]."""
    return [_schedule(prompt, hires_steps or base_steps) for prompt in prompts]


def _schedule(prompt, steps):
    turns = {_step(m.group(3), steps) for m in _EDIT.finditer(prompt)}
    ends = sorted({turn for turn in turns if 0 < turn < steps} | {steps})
    return [[end, _EDIT.sub(lambda m, end=end: _said(m, end, steps), prompt)] for end in ends]


def _step(when, steps):
    return round(float(when) * steps) if float(when) < 1 else int(float(when))


def _said(match, end, steps):
    return match.group(1) if end <= _step(match.group(3), steps) else match.group(2)

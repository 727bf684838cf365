"""`<lora:name:weight>` in prompts: those of a batch's first prompt are put into the model."""

import re

from modules import shared, trace

_NETWORK = re.compile(r"<(\w+):([^>]+)>")


def parse_prompts(prompts):
    """(prompts without tags, the first prompt's tags)."""
    bare = [_NETWORK.sub("", prompt) for prompt in prompts]
    return bare, [m.group(0) for m in _NETWORK.finditer(prompts[0])] if prompts else []


def activate(p, extra_network_data):
    shared.sd_model.networks = tuple(sorted(extra_network_data))
    trace.add("networks", active=shared.sd_model.networks)
    if p.scripts is not None:
        p.scripts.after_extra_networks_activate(p, extra_network_data=extra_network_data)


def deactivate(p, extra_network_data):
    shared.sd_model.networks = ()

"""Another extension's always-on script that rewrites prompts: `__hair__` is red."""

from modules import scripts


class Wildcards(scripts.Script):
    def title(self):
        return "Wildcards"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        return []

    def process(self, p, *args):
        p.all_prompts = [prompt.replace("__hair__", "red hair") for prompt in p.all_prompts]

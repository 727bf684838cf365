"""A row of the page like the WebUI's own Seed: in a job from the page, the page's values win."""

from modules import scripts, trace


class SeedRow(scripts.Script):
    setup_for_ui_only = True

    def title(self):
        return "Seed row"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        return []

    def setup(self, p, *args):
        trace.add("page wins", p=type(p).__name__)

"""Another extension's always-on script, of the kind that repaints faces itself."""

from modules import scripts, trace


class OtherFixer(scripts.Script):
    def title(self):
        return "Other fixer"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        return []

    def process(self, p, *args):
        trace.add("other fixer", inpaint=getattr(p, "image_mask", None) is not None)

    def postprocess_image(self, p, pp, *args):
        pass

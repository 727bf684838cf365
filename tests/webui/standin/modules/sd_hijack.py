"""What is patched into the model: tiling, token counts, comments of the prompt parser."""

from modules import trace

CHUNK = 75


class StableDiffusionModelHijack:
    def __init__(self):
        self.circular_enabled = False
        self.comments = []
        self.extra_generation_params = {}

    def apply_circular(self, enable):
        if self.circular_enabled != enable:
            trace.add("tiling", on=enable)
        self.circular_enabled = enable

    def clear_comments(self):
        self.comments = []
        self.extra_generation_params = {}

    def get_prompt_lengths(self, text):
        """(tokens, tokens of as many whole chunks); a token is a word here."""
        count = len(text.replace(",", " , ").split())
        return count, CHUNK * max(1, -(-count // CHUNK))


model_hijack = StableDiffusionModelHijack()

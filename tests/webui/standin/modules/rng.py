"""Noise of each image's own seed."""

import torch


class ImageRNG:
    def __init__(self, shape, seeds, subseeds=None, subseed_strength=0.0):
        self.shape, self.seeds, self.subseeds, self.strength = shape, seeds, subseeds, subseed_strength

    def next(self):
        """[B, C, h, w]; a variation seed is blended in by its strength."""
        noise = [self._of(seed) for seed in self.seeds]
        if self.strength:
            pairs = zip(noise, self.subseeds, strict=True)
            noise = [torch.lerp(n, self._of(s), self.strength) for n, s in pairs]
        return torch.stack(noise)

    def _of(self, seed):
        return torch.randn(self.shape, generator=torch.Generator().manual_seed(int(seed)))

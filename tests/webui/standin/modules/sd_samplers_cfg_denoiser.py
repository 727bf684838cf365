"""The denoiser that a sampler calls at every step, and where masks are blended."""

from __future__ import annotations

from modules import loaded, script_callbacks, scripts, shared

REFERENCE = 0.2
"""How much of a reference's mean colour an edit model adds."""


class CFGDenoiser:
    def __init__(self, sampler):
        self.sampler = sampler
        self.mask_before_denoising = False

    def begin(self, p, init, strength, colours):
        self.p, self.init_latent, self.strength, self.colours = p, init, strength, colours
        self.mask, self.nmask = getattr(p, "mask", None), getattr(p, "nmask", None)

    def __call__(self, x, sigma):
        """x [B, C, h, w] at the noise level sigma [B]."""
        if self.mask_before_denoising and self.nmask is not None:
            x = self._blended(x, sigma)
        answer = self.answer(self.heard(x, sigma), sigma)
        if not self.mask_before_denoising and self.nmask is not None:
            answer = self._blended(answer, sigma)
        return answer

    def heard(self, x, sigma):
        """x as the callbacks of other extensions leave it."""
        params = script_callbacks.CFGDenoiserParams(x, sigma, self)
        script_callbacks.cfg_denoiser_callback(params)
        return params.x

    def answer(self, x, sigma):
        return self.clean(x)

    def clean(self, x):
        out = loaded.network(self.sampler.model)(x, shared.state.sampling_step, self.colours)
        for reference in loaded.references():
            out = out + REFERENCE * reference.mean((2, 3), keepdim=True)
        if self.sampler.adaptive:
            out = out + 0.5 * (out.mean(0, keepdim=True) - out)
        return (1 - self.strength) * self.init_latent + self.strength * out

    def _blended(self, latent, sigma):
        said = scripts.MaskBlendArgs(
            latent,
            self.nmask,
            self.init_latent,
            self.mask,
            latent * self.nmask + self.init_latent * self.mask,
            denoiser=self,
            sigma=sigma,
        )
        self.p.scripts.on_mask_blend(self.p, said)
        return said.blended_latent

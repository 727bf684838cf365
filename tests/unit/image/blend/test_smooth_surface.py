import dataclasses

import numpy as np
import pytest

from retouch.image.blend.smooth_surface import Evidence, Surface, SurfaceFit

ROWS, COLUMNS = 40, 48
TONE = np.array([[0.05, 0.0, 0.01], [0.0, -0.04, 0.0], [0.02, 0.0, 0.03]])


def evidence(seed: int = 0, noise: float = 0.0, tone: np.ndarray | float = 0.0) -> Evidence:
    """Of a slope and a tone, with a hole in the middle."""
    random = np.random.default_rng(seed)
    colour = random.normal(0, 40, (ROWS, COLUMNS, 3))
    place = np.linspace(-3, 5, COLUMNS)[None, :, None] * np.ones((ROWS, 1, 3))
    weight = np.ones((ROWS, COLUMNS))
    weight[12:28, 16:32] = 0
    value = place + colour @ (np.eye(3) * tone if np.ndim(tone) == 0 else tone)
    value = value + random.normal(0, noise, value.shape)
    return Evidence(weight, value, np.zeros_like(weight), colour)


def fitted(seen: Evidence) -> SurfaceFit:
    return Surface.over(ROWS, COLUMNS).fit([seen])


def test_fit_separates_place_from_tone_and_extends_both_into_the_hole():
    seen = evidence(tone=TONE)
    fit = fitted(seen)
    assert np.abs(fit.tone - TONE).max() < 1e-3
    assert np.abs(Surface.over(ROWS, COLUMNS).evaluate(fit, seen) - seen.value).max() < 0.15


def test_residual_of_a_known_tone_is_the_surface():
    left = evidence(tone=TONE).without(TONE)
    assert np.allclose(left.value, evidence().value)
    assert not fitted(left).tone.any()


def test_the_centre_of_the_colours_does_not_change_the_tone():
    seen = evidence(tone=TONE)
    assert np.allclose(fitted(seen.about(np.array([30.0, -20, 10]))).tone, fitted(seen).tone, atol=1e-4)


def test_surface_follows_clean_samples_closely_and_smooths_noisy_ones():
    def left(noise: float, assumed: float) -> float:
        """The mean square that a fit leaves of a wave, outside the hole."""
        flat, wave = evidence(3, noise), np.sin(np.linspace(0, 12, COLUMNS))[None, :, None]
        bare = dataclasses.replace(flat, value=flat.value + wave, colour=np.zeros_like(flat.colour))
        surface = Surface.over(ROWS, COLUMNS)
        error = surface.evaluate(surface.fit([bare], assumed), bare) - (evidence().value + wave)
        return float((error**2)[flat.weight > 0].mean())

    assert left(0.1, 0.01) < left(0.1, 100) / 2
    assert left(10, 100) < left(10, 0.01) / 2


def test_firmness_is_the_inverse_covariance_of_the_tone_under_noise():
    noise = 2.0
    tones = [fitted(evidence(seed, noise)).tone for seed in range(40)]
    firmness = fitted(evidence()).firmness
    energy = [np.einsum("ac,ab,bc->", tone, firmness, tone) / noise**2 for tone in tones]
    assert np.mean(energy) == pytest.approx(9, rel=0.2)  # nine numbers, each a unit normal

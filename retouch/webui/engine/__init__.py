"""The engine that denoises jobs through the host's own img2img."""

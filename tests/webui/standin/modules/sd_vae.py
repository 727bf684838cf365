"""VAEs."""

from modules import shared, trace

unspecified = object()
vae_dict = {"soft.vae.pt": "soft.vae.pt", "sharp.vae.pt": "sharp.vae.pt"}


def reload_vae_weights(sd_model=None, vae_file=unspecified):
    model = sd_model or shared.sd_model
    name = shared.opts.sd_vae if vae_file is unspecified else vae_file
    if model.vae != name:
        trace.add("vae loaded", name=name)
    model.vae = name

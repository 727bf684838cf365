"""Global callbacks. All are forgotten when scripts are loaded again."""

_KINDS = ("app_started", "before_ui", "cfg_denoiser", "image_saved", "ui_settings", "ui_tabs")
callback_map = {f"callbacks_{kind}": [] for kind in _KINDS}
ordered_callbacks_map = {}


def clear_callbacks():
    for registered in callback_map.values():
        registered.clear()
    ordered_callbacks_map.clear()


def on_app_started(callback, *, name=None):
    callback_map["callbacks_app_started"].append(callback)


def on_before_ui(callback, *, name=None):
    callback_map["callbacks_before_ui"].append(callback)


def on_image_saved(callback, *, name=None):
    callback_map["callbacks_image_saved"].append(callback)


def on_cfg_denoiser(callback, *, name=None):
    callback_map["callbacks_cfg_denoiser"].append(callback)


def remove_callbacks_for_function(callback_func):
    for registered in callback_map.values():
        registered[:] = [callback for callback in registered if callback != callback_func]


class CFGDenoiserParams:
    def __init__(self, x, sigma, denoiser):
        self.x, self.sigma, self.denoiser = x, sigma, denoiser


def on_ui_settings(callback, *, name=None):
    callback_map["callbacks_ui_settings"].append(callback)


def on_ui_tabs(callback, *, name=None):
    callback_map["callbacks_ui_tabs"].append(callback)


def app_started_callback(demo, app):
    for callback in callback_map["callbacks_app_started"]:
        callback(demo, app)


def before_ui_callback():
    for callback in reversed(callback_map["callbacks_before_ui"]):
        callback()


def cfg_denoiser_callback(params):
    for callback in callback_map["callbacks_cfg_denoiser"]:
        callback(params)


class ImageSaveParams:
    def __init__(self, image, p, filename, pnginfo):
        self.image, self.p, self.filename, self.pnginfo = image, p, filename, pnginfo


def image_saved_callback(params):
    for callback in callback_map["callbacks_image_saved"]:
        callback(params)


def ui_settings_callback():
    for callback in callback_map["callbacks_ui_settings"]:
        callback()


def ui_tabs_callback():
    return [tab for callback in callback_map["callbacks_ui_tabs"] for tab in callback() or []]

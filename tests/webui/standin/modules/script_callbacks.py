"""Global callbacks. All are forgotten when scripts are loaded again."""

_callbacks = {"app_started": [], "before_ui": [], "image_saved": [], "ui_settings": [], "ui_tabs": []}


def clear_callbacks():
    for registered in _callbacks.values():
        registered.clear()


def on_app_started(callback, *, name=None):
    _callbacks["app_started"].append(callback)


def on_before_ui(callback, *, name=None):
    _callbacks["before_ui"].append(callback)


def on_image_saved(callback, *, name=None):
    _callbacks["image_saved"].append(callback)


def on_ui_settings(callback, *, name=None):
    _callbacks["ui_settings"].append(callback)


def on_ui_tabs(callback, *, name=None):
    _callbacks["ui_tabs"].append(callback)


def app_started_callback(demo, app):
    for callback in _callbacks["app_started"]:
        callback(demo, app)


def before_ui_callback():
    for callback in reversed(_callbacks["before_ui"]):
        callback()


class ImageSaveParams:
    def __init__(self, image, p, filename, pnginfo):
        self.image, self.p, self.filename, self.pnginfo = image, p, filename, pnginfo


def image_saved_callback(params):
    for callback in _callbacks["image_saved"]:
        callback(params)


def ui_settings_callback():
    for callback in _callbacks["ui_settings"]:
        callback()


def ui_tabs_callback():
    return [tab for callback in _callbacks["ui_tabs"] for tab in callback() or []]

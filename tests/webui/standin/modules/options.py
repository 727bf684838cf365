"""Settings: an attribute each, kept in `data`."""

from __future__ import annotations

from modules import trace

_OWN = ("data", "data_labels", "frozen")


class OptionInfo:
    def __init__(
        self,
        default=None,
        label="",
        component=None,
        component_args=None,
        onchange=None,
        section=None,
        refresh=None,
        comment_before="",
        comment_after="",
        infotext=None,
        restrict_api=False,
        category_id=None,
    ):
        self.default, self.label, self.component = default, label, component
        self.component_args, self.onchange, self.section = component_args, onchange, section
        self.refresh, self.infotext, self.category_id = refresh, infotext, category_id
        self.comment_before, self.comment_after = comment_before, comment_after
        self.restrict_api = restrict_api

    def info(self, info):
        self.comment_after += f"<span>({info})</span>"
        return self


class Options:
    """Setting an unknown key through `set` is a KeyError, setting a frozen one an AssertionError."""

    def __init__(self, data_labels, frozen):
        self.data_labels, self.frozen = data_labels, frozen
        self.data = {key: info.default for key, info in data_labels.items()}

    def __setattr__(self, key, value):
        if key in _OWN:
            super().__setattr__(key, value)
            return
        assert not self.frozen(), "changing settings is disabled"
        trace.add("option", key=key, value=value)
        self.data[key] = value

    def __getattr__(self, key):
        if key not in _OWN and key in self.data:
            return self.data[key]
        raise AttributeError(key)

    def get_default(self, key):
        return self.data_labels[key].default if key in self.data_labels else None

    def set(self, key, value, is_api=False, run_callbacks=True):
        """False when nothing changes, or the API may not change it."""
        if self.data.get(key) == value:
            return False
        info = self.data_labels[key]
        if is_api and info.restrict_api:
            return False
        setattr(self, key, value)
        if run_callbacks and info.onchange:
            info.onchange()
        return True

    def add_option(self, key, info):
        self.data_labels[key] = info
        self.data.setdefault(key, info.default)

"""A checkbox that is also an accordion."""

import gradio as gr


class InputAccordion(gr.Checkbox):
    """True while open. The accordion has the elem_id, the hidden checkbox that id with `-checkbox`."""

    def __init__(self, value, **kwargs):
        elem_id = kwargs["elem_id"]
        super().__init__(value, **{**kwargs, "elem_id": f"{elem_id}-checkbox", "visible": False})
        self.accordion = gr.Accordion(label=kwargs.get("label"), open=value, elem_id=elem_id)

    def __enter__(self):
        self.accordion.__enter__()
        return self

    def __exit__(self, *given):
        self.accordion.__exit__(*given)

"""A small WebUI: what `retouch/webui` asks of `modules`, behaving like AUTOMATIC1111 v1.10.1 where it
matters. Written for these tests from what was measured on the real one; `tests/webui/test_contract.py`
holds it to the signatures recorded there. It paints deterministically, without a model.
"""

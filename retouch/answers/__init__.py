"""The wire both ways: a verb's JSON body in, its JSON answer out.

HTTP (`retouch.rest`) and the command line (`retouch.cli`) both speak through here, so a request
means the same whichever door it came by.
"""

from retouch.answers.backend import Backend
from retouch.answers.desk import SCHEMAS, VERBS, Desk
from retouch.answers.parts import mask_base64, report_json

__all__ = ["SCHEMAS", "VERBS", "Backend", "Desk", "mask_base64", "report_json"]

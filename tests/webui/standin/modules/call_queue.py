"""One job at a time, first come first served. Not re-entrant: who holds it and asks again waits for ever."""

import threading
from collections import deque

from modules import trace


class FIFOLock:
    """Instead of waiting for ever, the stand-in says so."""

    def __init__(self):
        self._turn = threading.Condition()
        self._waiting = deque()
        self.holder = None

    def __enter__(self):
        me = threading.get_ident()
        assert self.holder != me, "queue_lock is not re-entrant: this would never end"
        ticket = object()
        with self._turn:
            self._waiting.append(ticket)
            self._turn.wait_for(lambda: self.holder is None and self._waiting[0] is ticket)
            self._waiting.popleft()
            self.holder = me
        trace.add("lock")

    def __exit__(self, *_):
        trace.add("unlock")
        with self._turn:
            self.holder = None
            self._turn.notify_all()


queue_lock = FIFOLock()

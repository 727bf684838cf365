"""Tasks: waiting, current, finished."""

import itertools
from collections import OrderedDict

from modules import trace

current_task = None
pending_tasks = OrderedDict()
finished_tasks = []
_numbers = itertools.count()


def create_task_id(task_type):
    return f"task({task_type}-{next(_numbers)})"


def add_task_to_queue(id_job):
    trace.add("queued", task=id_job)
    pending_tasks[id_job] = True


def start_task(id_task):
    global current_task
    trace.add("started", task=id_task)
    current_task = id_task
    pending_tasks.pop(id_task, None)


def finish_task(id_task):
    global current_task
    trace.add("finished", task=id_task)
    if current_task == id_task:
        current_task = None
    finished_tasks.append(id_task)

"""Batches on a server: a job's files one after another, each waiting for its turn like any other request.

What is sent and what is made of it lies on disk, in a folder of the process' own that goes with it: a
batch of hundreds takes no memory, and pushes no picture of an open page out of it.
"""

from retouch.jobs.job import Job, Painter
from retouch.jobs.registry import Jobs
from retouch.jobs.shelf import Shelf

__all__ = ["Job", "Jobs", "Painter", "Shelf"]

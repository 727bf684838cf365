"""Noise schedules."""

from dataclasses import dataclass


@dataclass
class Scheduler:
    name: str
    label: str


schedulers = [Scheduler("automatic", "Automatic"), Scheduler("karras", "Karras")]

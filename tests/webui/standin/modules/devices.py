"""One device, the CPU."""

import torch

from modules import trace

device = cpu = torch.device("cpu")
dtype = dtype_vae = torch.float32


class NansException(Exception):
    pass


def torch_gc():
    trace.add("torch_gc")


def test_for_nans(x, where):
    if torch.isnan(x).all():
        raise NansException(f"A tensor with NaNs was produced in {where}.")

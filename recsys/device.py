"""Pick the device that the network runs on, and say in words what it is."""

import platform

import torch

from recsys.errors import DeviceError
from recsys.threads import usable_cores


def available() -> tuple[str, ...]:
    """Return the kinds of device that this machine has, the fastest first; "cpu" is always the last."""
    cuda = ("cuda",) if torch.cuda.is_available() else ()
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return (*cuda, *mps, "cpu")


def pick_device(choice: str = "auto") -> torch.device:
    """Return the device for a choice: "auto" for the fastest that is there, or any that torch knows, such as "cuda:1".

    Raises:
        DeviceError: if this machine has no such device.
    """
    found = available()
    if choice == "auto":
        return torch.device(found[0])
    try:
        device = torch.device(choice)
        module = torch.get_device_module(device)
        is_there = module.is_available() and (device.index or 0) < module.device_count()
    except (RuntimeError, AttributeError) as error:  # torch knows no such name, or nothing that computes behind it
        raise DeviceError(choice, found) from error
    if not is_there:
        raise DeviceError(choice, found)
    return device


def describe(device: torch.device) -> str:
    """Return a device in words, such as "CPU (x86_64, 2 cores)" or "NVIDIA H100"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return f"Apple GPU ({platform.machine()})"
    return f"CPU ({platform.machine()}, {usable_cores()} cores)"

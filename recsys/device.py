"""Pick the device that the network runs on, and say in words what it is."""

import platform

import torch

from recsys.errors import DeviceError
from recsys.threads import usable_cores

CHOICES = ("auto", "cpu", "cuda", "mps")


def available() -> tuple[str, ...]:
    """Return the kinds of device that this machine has, the fastest first; "cpu" is always the last."""
    cuda = ("cuda",) if torch.cuda.is_available() else ()
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return (*cuda, *mps, "cpu")


def pick_device(choice: str = "auto") -> torch.device:
    """Return the device for a choice; "auto" takes the fastest that is there.

    Raises:
        DeviceError: if this machine has no such device.
    """
    found = available()
    if choice == "auto":
        return torch.device(found[0])
    if choice not in found:
        raise DeviceError(choice, found)
    return torch.device(choice)


def describe(device: torch.device) -> str:
    """Return a device in words, such as "CPU (x86_64, 2 cores)" or "NVIDIA H100"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return f"Apple GPU ({platform.machine()})"
    return f"CPU ({platform.machine()}, {usable_cores()} cores)"

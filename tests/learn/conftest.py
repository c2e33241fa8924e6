"""Tests of learning share the machine with as many others as it has cores: each takes one."""

from __future__ import annotations

import os

import torch

torch.set_num_threads(1)
# For processes that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

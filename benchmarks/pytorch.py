"""The same work in PyTorch, one thread; import this only where PyTorch is installed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

from benchmarks.subjects import LR, Net, batch

torch.set_num_threads(1)

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}
OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=LR),
    "adam fused": lambda p: torch.optim.Adam(p, lr=LR, fused=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=LR),
}


def step(net: Net, optimizer: str) -> Callable[[], float]:
    """One training step of the same network; returns the loss."""
    stages: list[nn.Module] = []
    for inputs, units in pairwise(net.sizes[:-1]):
        stages += [nn.Linear(inputs, units, bias=False), nn.BatchNorm1d(units)]
        stages.append(ACTIVATIONS[net.activation]())
    model = nn.Sequential(*stages, nn.Linear(*net.sizes[-2:]))
    x, labels = (torch.from_numpy(array) for array in batch(net))
    criterion = nn.CrossEntropyLoss()
    update = OPTIMIZERS[optimizer](model.parameters())

    def one_step() -> float:
        update.zero_grad()
        loss = criterion(model(x), labels)
        loss.backward()
        update.step()
        return loss.item()

    return one_step


def batch_norm(m: int, n: int, passes: str = "both") -> Callable[[], object]:
    """Forward and backward by autograd, without running statistics."""
    x = torch.randn(m, n, requires_grad=True)
    gamma = torch.ones(n, requires_grad=True)
    beta = torch.zeros(n, requires_grad=True)
    dy = torch.randn(m, n)
    norm = nn.functional.batch_norm
    return _passes(
        lambda: norm(x, None, None, gamma, beta, training=True, eps=1e-5),
        [x, gamma, beta],
        dy,
        passes,
    )


def layer(m: int, n: int, passes: str = "both") -> Callable[[], object]:
    """The same by nn.BatchNorm1d, which moves its running statistics."""
    x, dy = torch.randn(m, n, requires_grad=True), torch.randn(m, n)
    bn = nn.BatchNorm1d(n)
    return _passes(lambda: bn(x), [x, bn.weight, bn.bias], dy, passes)


def _passes(
    forward: Callable[[], torch.Tensor], inputs: list[torch.Tensor], dy: torch.Tensor, passes: str
) -> Callable[[], object]:
    """`passes` of both; a backward alone goes back through one forward pass again and again."""
    if passes == "forward":
        return forward
    if passes == "backward":
        y = forward()
        return lambda: torch.autograd.grad(y, inputs, dy, retain_graph=True)

    def both() -> torch.Tensor:
        for tensor in inputs:
            tensor.grad = None
        forward().backward(dy)
        return inputs[0].grad

    return both

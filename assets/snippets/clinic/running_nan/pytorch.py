import torch
from torch import nn


def can_be_used(x):
    return len(x) > 1 and bool(torch.isfinite(x).all())


def spoiled(model):
    return [
        layer
        for layer in model.modules()
        if isinstance(layer, nn.modules.batchnorm._BatchNorm)
        and not torch.isfinite(layer.running_var).all()
    ]


def begin_anew(model):
    for layer in spoiled(model):
        layer.reset_running_stats()  # mean 0, variance 1; now run some clean batches in train()

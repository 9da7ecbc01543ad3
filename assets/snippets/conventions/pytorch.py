import torch
from torch import nn


def layer(n):
    return nn.BatchNorm1d(n, eps=1e-5, momentum=0.1)


def update(running_mean, running_var, z, momentum=0.1):
    mean = torch.mean(z, dim=0)
    var = torch.var(z, dim=0, correction=1)
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var = (1 - momentum) * running_var + momentum * var
    return running_mean, running_var

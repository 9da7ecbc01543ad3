from torch import nn


def layer(n):
    """momentum weighs the new batch; the running variance takes m/(m − 1) · σ²."""
    return nn.BatchNorm1d(n, eps=1e-5, momentum=0.1)


def arrays(bn):
    found = bn.weight, bn.bias, bn.running_mean, bn.running_var
    return [each.detach().numpy() for each in found]

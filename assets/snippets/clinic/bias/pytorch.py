from torch import nn


def block(inputs, units):
    return nn.Sequential(
        nn.Linear(inputs, units, bias=False),  # of a convolution, too
        nn.BatchNorm1d(units),
        nn.ReLU(),
    )

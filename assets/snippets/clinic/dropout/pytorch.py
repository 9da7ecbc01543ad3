from torch import nn


def network(inputs, units, classes, p):
    return nn.Sequential(
        *(nn.Linear(inputs, units, bias=False), nn.BatchNorm1d(units), nn.ReLU()),
        *(nn.Linear(units, units, bias=False), nn.BatchNorm1d(units), nn.ReLU()),
        nn.Dropout(p),  # behind the last batch norm
        nn.Linear(units, classes),
    )

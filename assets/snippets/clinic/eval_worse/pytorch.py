import torch
from torch import nn


def measure_again(model, batches):
    for layer in model.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.reset_running_stats()
            layer.momentum = None  # the plain average over all batches that follow
    model.train()
    with torch.no_grad():
        for x in batches:
            model(x)
    model.eval()

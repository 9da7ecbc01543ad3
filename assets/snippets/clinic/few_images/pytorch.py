from torch import nn


def train_with_frozen_statistics(model, affine_too=False):
    """Call it in place of model.train(), which would undo it."""
    model.train()
    for layer in model.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.eval()
            if affine_too:
                layer.weight.requires_grad_(False)
                layer.bias.requires_grad_(False)

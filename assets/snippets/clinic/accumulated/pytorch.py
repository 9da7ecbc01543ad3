from torch import nn


def on_several_devices(model):
    """μ and σ² over the images of all devices, under DistributedDataParallel.

    Here it was converted and not run: that takes GPUs.
    """
    return nn.SyncBatchNorm.convert_sync_batchnorm(model)


def on_one_device(n, groups):
    """Each image by itself: gradients of parts add up to that of the whole."""
    return nn.GroupNorm(groups, n)

from flax import linen as nn


def on_several_devices():
    """μ and σ² over all devices, under jax.vmap, pmap or shard_map with this axis_name."""
    return nn.BatchNorm(axis_name="devices", momentum=0.9)


def on_one_device(groups):
    """Each image by itself: gradients of parts add up to that of the whole."""
    return nn.GroupNorm(num_groups=groups)

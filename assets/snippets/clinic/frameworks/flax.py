from flax import linen as nn


def layer(arrays):
    """momentum weighs the old value; the running variance takes σ² as it is."""
    gamma, beta, mean, var = arrays
    variables = {
        "params": {"scale": gamma, "bias": beta},
        "batch_stats": {"mean": mean, "var": var},
    }
    return nn.BatchNorm(epsilon=1e-5, momentum=0.9), variables

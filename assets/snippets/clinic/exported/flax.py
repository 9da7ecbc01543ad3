import jax.numpy as jnp


def folded(dense, params, statistics, epsilon):
    """Of a Dense layer {kernel, bias} and a BatchNorm {scale, bias}, {mean, var}."""
    scale = params["scale"] / jnp.sqrt(statistics["var"] + epsilon)
    bias = params["bias"] + (dense["bias"] - statistics["mean"]) * scale
    return {"kernel": dense["kernel"] * scale, "bias": bias}

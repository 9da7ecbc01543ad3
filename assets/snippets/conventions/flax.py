import jax.numpy as jnp
from flax import linen as nn


def layer(train):
    return nn.BatchNorm(use_running_average=not train, momentum=0.99, epsilon=1e-5)


def update(ra_mean, ra_var, z, momentum=0.99):
    mean = jnp.mean(z, axis=0)
    var = jnp.var(z, axis=0)
    ra_mean = momentum * ra_mean + (1 - momentum) * mean
    ra_var = momentum * ra_var + (1 - momentum) * var
    return ra_mean, ra_var

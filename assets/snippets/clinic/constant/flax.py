import jax.numpy as jnp


def constant(x):
    return jnp.all(x == x[:1], axis=0)


def shifted(x):
    """Numbers near 0 keep their digits; what follows is batch norm as before."""
    return x - x[:1]

import jax
import jax.numpy as jnp


def can_be_used(x):
    return len(x) > 1 and bool(jnp.isfinite(x).all())


def spoiled(variables):
    return not all(jnp.isfinite(x).all() for x in jax.tree.leaves(variables["batch_stats"]))


def begin_anew(model, variables, x):
    fresh = model.init(jax.random.key(0), x, use_running_average=True)
    return {**variables, "batch_stats": fresh["batch_stats"]}

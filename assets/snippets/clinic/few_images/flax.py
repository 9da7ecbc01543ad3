import jax


def gradients(model, variables, x, loss):
    """Statistics are read and never written; leave out γ and β with `optax.masked`."""

    def of(params):
        now = {"params": params, "batch_stats": variables["batch_stats"]}
        return loss(model.apply(now, x, use_running_average=True))

    return jax.grad(of)(variables["params"])

import jax
import optax


def optimizer(lr, decay):
    """Weight decay on W, none on γ, β and biases, which have one axis."""

    def is_W(params):
        return jax.tree.map(lambda p: p.ndim > 1, params)

    return optax.chain(optax.add_decayed_weights(decay, mask=is_W), optax.sgd(lr))

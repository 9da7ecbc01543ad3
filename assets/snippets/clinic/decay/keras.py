import keras


def optimizer(lr, decay):
    """Weight decay on W, none on γ, β and biases."""
    sgd = keras.optimizers.SGD(lr, weight_decay=decay)
    sgd.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return sgd

import keras


def layer(n, arrays):
    """momentum weighs the old value; the moving variance takes σ² as it is."""
    bn = keras.layers.BatchNormalization(epsilon=1e-5, momentum=0.9)
    bn.build((None, n))
    bn.set_weights(arrays)  # gamma, beta, moving_mean, moving_variance
    return bn

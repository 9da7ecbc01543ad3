import keras


def block(units):
    return [
        keras.layers.Dense(units, use_bias=False),  # of a convolution, too
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
    ]

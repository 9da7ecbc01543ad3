import keras


def on_one_device(groups):
    """Each image by itself: gradients of parts add up to that of the whole.

    On several: BatchNormalization(synchronized=True), which the TensorFlow backend alone has.
    """
    return keras.layers.GroupNormalization(groups)

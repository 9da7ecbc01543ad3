import keras


def measure_again(model, batches):
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    for seen, x in enumerate(batches):
        for layer in norms:
            layer.momentum = seen / (seen + 1)  # the plain average over all batches
        model(x, training=True)  # called like this, it learns nothing but statistics

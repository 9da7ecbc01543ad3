import keras
import numpy as np


def average(model, kept, batches):
    """`kept` are lists that model.get_weights() gave in the training."""
    model.set_weights([np.mean(each, axis=0) for each in zip(*kept, strict=True)])
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    for seen, x in enumerate(batches):
        for layer in norms:
            layer.momentum = seen / (seen + 1)  # the plain average over all batches
        model(x, training=True)

import keras
import numpy as np


def can_be_used(x):
    return len(x) > 1 and bool(np.isfinite(x).all())


def begin_anew(model):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            var = keras.ops.convert_to_numpy(layer.moving_variance)
            if not np.isfinite(var).all():
                layer.moving_mean.assign(np.zeros_like(var))
                layer.moving_variance.assign(np.ones_like(var))

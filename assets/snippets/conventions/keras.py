import keras
from keras import ops


def layer():
    return keras.layers.BatchNormalization(momentum=0.99, epsilon=1e-3)


def update(moving_mean, moving_variance, z, momentum=0.99):
    mean = ops.mean(z, axis=0)
    variance = ops.var(z, axis=0)
    moving_mean = momentum * moving_mean + (1 - momentum) * mean
    moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return moving_mean, moving_variance

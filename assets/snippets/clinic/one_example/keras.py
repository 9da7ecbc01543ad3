import numpy as np


def batches(data, m, rng):
    order = rng.permutation(len(data))
    for start in range(0, len(data) - m + 1, m):  # an incomplete last batch is left out
        yield np.take(data, order[start : start + m], axis=0)


def predict(model, image):
    return model(image[None], training=False)[0]

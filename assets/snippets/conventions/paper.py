import numpy as np


def population(batches):
    m = len(batches[0])
    mean = np.mean([np.mean(z, axis=0) for z in batches], axis=0)
    var = np.mean([np.var(z, axis=0) for z in batches], axis=0)
    return mean, m / (m - 1) * var

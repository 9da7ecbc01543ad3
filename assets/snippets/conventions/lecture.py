import numpy as np


def update(mu_average, var_average, Z, decay=0.9):
    mu = np.mean(Z, axis=1, keepdims=True)
    var = np.mean((Z - mu) ** 2, axis=1, keepdims=True)
    mu_average = decay * mu_average + (1 - decay) * mu
    var_average = decay * var_average + (1 - decay) * var
    return mu_average, var_average

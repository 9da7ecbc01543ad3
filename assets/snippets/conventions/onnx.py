import numpy as np
from onnx import helper


def layer():
    inputs = ["z", "gamma", "beta", "mean", "var"]
    outputs = ["z_tilde", "running_mean", "running_var"]
    options = {"epsilon": 1e-5, "momentum": 0.9, "training_mode": 1}
    return helper.make_node("BatchNormalization", inputs, outputs, **options)


def update(running_mean, running_var, z, momentum=0.9):
    running_mean = momentum * running_mean + (1 - momentum) * np.mean(z, axis=0)
    running_var = momentum * running_var + (1 - momentum) * np.var(z, axis=0)
    return running_mean, running_var

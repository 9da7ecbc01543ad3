import keras
from keras import layers


def network(inputs, units, classes, p):
    def hidden():
        return [
            layers.Dense(units, use_bias=False),
            layers.BatchNormalization(epsilon=1e-5, momentum=0.9),
            layers.ReLU(),
        ]

    last = [layers.Dropout(p), layers.Dense(classes)]  # behind the last batch norm
    return keras.Sequential([keras.Input((inputs,)), *hidden(), *hidden(), *last])

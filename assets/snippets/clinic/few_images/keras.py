import keras


class FrozenStatistics(keras.layers.BatchNormalization):
    """γ and β learn; `trainable = False`, of any batch norm, freezes them and the statistics."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=False, mask=mask)

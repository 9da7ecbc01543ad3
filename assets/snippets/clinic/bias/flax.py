from flax import linen as nn


class Block(nn.Module):
    units: int

    @nn.compact
    def __call__(self, x, training):
        x = nn.Dense(self.units, use_bias=False)(x)  # of a convolution, too
        return nn.relu(nn.BatchNorm(use_running_average=not training)(x))

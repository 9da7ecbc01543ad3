from flax import linen as nn


class Network(nn.Module):
    units: int
    classes: int
    p: float

    @nn.compact
    def __call__(self, x, training):
        for _ in range(2):
            x = nn.Dense(self.units, use_bias=False)(x)
            x = nn.relu(nn.BatchNorm(momentum=0.9, use_running_average=not training)(x))
        x = nn.Dropout(self.p, deterministic=not training)(x)  # behind the last batch norm
        return nn.Dense(self.classes)(x)

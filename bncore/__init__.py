"""Batch normalization in NumPy: to be read, and fast enough to train while one watches.

`batchnorm` is the whiteboard: forward, backward and the layer, checked and commented;
`normalizers` does the same over other cells (layer, group, instance, RMS norm, and DyT);
`conventions` says how others keep running statistics, `variants` does it wrong on purpose.
`kernels` is the fast form of the same sums. `activations`, `layers`, `losses`, `network` and
`optimizers` make a classifier, and `model` is one at rest: frozen, with one pure way through it.
`descent` is the training loop; `config`, `training` and `trace` train by it (RunConfig -> Run ->
Trace), with `batches` to feed a run and `recording` to keep its records, and `fitting` trains on
examples of one's own (`Model.fit`). `data` loads the data sets, `shift` measures how far
distributions move, `folding` puts batch norm into the weights beside it, `checks` and `errors`
hold the rules for input.

Simplifications: fully connected classifiers only, softmax cross-entropy only, an incomplete last
mini-batch is dropped, no automatic differentiation: each layer brings its own backward pass.
"""

from bncore.batchnorm import (
    BatchNorm,
    Cache,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
)
from bncore.config import RunConfig
from bncore.conventions import CONVENTIONS
from bncore.errors import InputError
from bncore.folding import fold
from bncore.model import Hook, Model, Pass, forward
from bncore.network import Network
from bncore.normalizers import (
    NORMALIZERS,
    NormCache,
    batch_norm_over_maps_forward,
    dyt_backward,
    dyt_forward,
    group_norm_forward,
    instance_norm_forward,
    layer_norm_forward,
    norm_backward,
    rms_norm_forward,
)
from bncore.shift import ks, wasserstein1
from bncore.trace import Trace
from bncore.training import Run, train, train_together
from bncore.variants import VARIANTS

__version__ = "0.3.0"

__all__ = [
    "CONVENTIONS",
    "NORMALIZERS",
    "VARIANTS",
    "BatchNorm",
    "Cache",
    "Hook",
    "InputError",
    "Model",
    "Network",
    "NormCache",
    "Pass",
    "Run",
    "RunConfig",
    "Trace",
    "batch_norm_backward",
    "batch_norm_forward",
    "batch_norm_inference",
    "batch_norm_over_maps_forward",
    "dyt_backward",
    "dyt_forward",
    "fold",
    "forward",
    "group_norm_forward",
    "instance_norm_forward",
    "ks",
    "layer_norm_forward",
    "norm_backward",
    "rms_norm_forward",
    "train",
    "train_together",
    "wasserstein1",
]

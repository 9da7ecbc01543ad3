"""How a file of batch norm layers is made with each library: code to copy, as it was run.

`tests/fixtures/make_layer_files.py` runs it on small networks; what it wrote is stored beside it.
"""

from __future__ import annotations

TORCH = """\
bn = [(name, each) for name, each in model.named_modules() if hasattr(each, "running_var")]
file = {f"{name}.{k}": v.cpu() for name, each in bn for k, v in each.state_dict().items()}
np.savez("layers.npz", m=64, **file, **{f"{name}.eps": each.eps for name, each in bn})
"""
KERAS = """\
bn = [each for each in model.layers if isinstance(each, keras.layers.BatchNormalization)]
file = {f"{each.name}/{w.name}": keras.ops.convert_to_numpy(w) for each in bn for w in each.weights}
np.savez("layers.npz", m=64, **file, **{f"{each.name}/epsilon": each.epsilon for each in bn})
"""
FLAX = """\
flat, kept = flax.traverse_util.flatten_dict(variables, sep="/"), ("scale", "bias", "mean", "var")
file = {name: np.asarray(v) for name, v in flat.items() if name.endswith(kept)}
np.savez("layers.npz", m=64, **file)
"""
#: with a batch x and the answers in both modes: statistics first, since training mode moves them;
#: of what comes into a convolution's batch norm one pixel of each image, since pixels are alike
BATCH = """\
bn = [(name, each) for name, each in model.named_modules() if hasattr(each, "running_var")]
file = {f"{name}.{k}": v.cpu().clone() for name, each in bn for k, v in each.state_dict().items()}

def keep(name, z):
    z = z.reshape(*z.shape[:2], -1)
    file[f"{name}.z"] = z[range(len(z)), :, torch.randint(z.shape[2], (len(z),))].cpu()

for name, each in bn:
    each.register_forward_hook(lambda each, x, y, name=name: keep(name, x[0]))
with torch.no_grad():
    file["predictions_eval"] = model.eval()(x).cpu()
    file["predictions_train"] = model.train()(x).cpu()
np.savez("layers.npz", m=64, **file)
"""
SNIPPETS = {"torch": TORCH, "keras": KERAS, "flax": FLAX, "batch": BATCH}

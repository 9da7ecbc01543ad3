"""Programs to take home: a network as it stands, and its next step, as code that runs by itself.

Each prints the numbers of that step as `name = numbers`, under the names of `little.numbers`:
z1, mean1, …, loss, …, dW1, and at the end W1 and all other parameters after their update. The one
for NumPy is made of the very functions that run here, less their checks; those for PyTorch and
Keras do the same with the library's own layers and optimizers.

The text of a program is code and like it in English, whatever language the page is in.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bncore import activations, batchnorm
from bncore.activations import ACTIVATIONS
from bncore.optimizers import Adam
from experiments.network import loop
from experiments.network.little import Little, functions, lines, parameters
from experiments.network.watch import NOT_SHOWN, Line, statements


def numpy_program(little: Little) -> str:
    """For NumPy alone."""
    optimizer = type(next(iter(little.net.optimizer.values())))
    parts = [
        _head(little, "NumPy"),
        NUMPY_IMPORTS,
        "Layers = dict[int, np.ndarray]\nRate = float | np.ndarray\n",
        *_numpy_functions(little, optimizer),
        SHOW_NUMPY,
        _numpy_net(little, optimizer.__name__),
        f"x = {_literal(little.x)}\ny = {_literal(little.y)}\n\ntrain_step(x, y, net)\n",
        NUMPY_END,
    ]
    return _joined(parts)


NUMPY_IMPORTS = """\
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
"""

SHOW_NUMPY = '''\
def show(layer="", **values):
    """Print numbers by name: z1 = [[...]]."""
    for name, value in values.items():
        if isinstance(value, tuple):  # what batch norm keeps for its way back
            show(layer, mean=value.mean, var=value.var, std=value.std, z_norm=value.z_norm)
        else:
            print(f"{name}{layer} =", np.array2string(np.asarray(value), separator=", "))
'''

NUMPY_END = """\
for layer in net.W:
    for name in ("W", "b", "gamma", "beta"):
        if layer in getattr(net, name):
            show(layer, **{name: getattr(net, name)[layer]})
"""


def _head(little: Little, library: str) -> str:
    settings = little.settings
    place = {
        "none": "without batch norm",
        "before": "batch norm before",
        "after": "batch norm after",
    }
    kind = f"{settings.activation}, {place[settings.norm]}"
    kind += "" if settings.norm == "none" else " it"
    sizes = "-".join(map(str, settings.sizes))
    return (
        f'"""One step of training in {library}: '
        f"epoch {little.epoch}, mini-batch {little.batch}.\n\n"
        f"A {sizes} network with {kind}, on {settings.m} examples, "
        f'{settings.optimizer} with lr {settings.lr!r}.\n"""\n'
    )


def _numpy_functions(little: Little, optimizer: type) -> Iterator[str]:
    settings = little.settings
    shown, g = _shown(lines(little)), ACTIVATIONS[settings.activation]
    for function in dict.fromkeys((*_helpers(g.forward), *_helpers(g.slope))):
        yield _source(function)
    yield _source(g.forward)
    yield _source(g.slope)
    yield _source(activations.Activation)
    yield _source(batchnorm.Cache)
    if settings.norm != "none":
        yield _source(batchnorm.center)
        yield _source(batchnorm.row)
    yield inspect.getsource(optimizer)
    yield _source(loop.Net)
    for name, function in functions(settings).items():
        if name != "train_step":
            yield _source(function, shown.get(name, frozenset()))
    if settings.norm == "none":
        yield _source(loop.track)
    passes = ", ".join(function.__name__ for function in loop.PASSES[settings.norm])
    yield f'PASSES = {{"{settings.norm}": ({passes})}}\n'
    yield _source(loop.train_step)


@cache
def _helpers(function: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Functions of the same module that it calls."""
    source = ast.parse(inspect.getsource(function))
    called = [node.func for node in ast.walk(source) if isinstance(node, ast.Call)]
    names = [each.id for each in called if isinstance(each, ast.Name)]
    known = [inspect.unwrap(function).__globals__.get(name) for name in names]
    return tuple(one for one in known if getattr(one, "__module__", None) == function.__module__)


def _shown(steps: tuple[Line, ...]) -> dict[str, frozenset[int]]:
    """By function: the first lines of the statements that computed something worth printing."""
    told = ("forward_", "backward_", "cross_entropy", "track")
    found: dict[str, set[int]] = {}
    for line in steps:
        if line.function.startswith(told) and line.values:
            found.setdefault(line.function, set()).add(line.first)
    return {function: frozenset(rows) for function, rows in found.items()}


@cache
def _source(thing: Any, shown: frozenset[int] = frozenset()) -> str:
    """Its source without checks, decorators for them, and all but the docstring's first line.

    Of the statements that begin in the lines `shown`, a call of `show` at the end of each block
    prints what they computed.
    """
    source = inspect.getsource(thing)
    rows: list[str | None] = [*source.splitlines(), None]
    tree = ast.parse(source).body[0]
    _shorten_docstring(rows, tree)
    walked: Iterator[Any] = ast.walk(tree)
    for node in walked:
        checked = isinstance(node, (ast.Assign, ast.Expr)) and NOT_SHOWN in ast.unparse(node)
        if checked and not isinstance(getattr(node, "value", None), ast.Constant):
            rows[node.lineno - 1 : node.end_lineno] = [None] * (node.end_lineno - node.lineno + 1)
    for end, call in _calls_of_show(thing, tree, shown):
        rows[end] = call if rows[end] is None else f"{call}\n{rows[end]}"
    kept = [row for row in rows if row is not None and row != "@quiet"]
    return "\n".join(kept).replace("\n\n\n", "\n\n") + "\n"


def _shorten_docstring(rows: list[str | None], tree: Any) -> None:
    body = getattr(tree, "body", [])
    if not body or ast.get_docstring(tree) is None:
        return
    first, last = body[0].lineno - 1, body[0].end_lineno - 1
    if last > first:
        rows[first] = f'{rows[first]}"""'
        rows[first + 1 : last + 1] = [None] * (last - first)


def _calls_of_show(
    function: Callable[..., Any], tree: ast.stmt, shown: frozenset[int]
) -> Iterator[tuple[int, str]]:
    """(row before which it stands, the call) for each block that computes something."""
    known = statements(function) if shown else {}
    blocks: list[Any] = [
        node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.FunctionDef))
    ]
    for block in blocks:
        told = [
            target
            for node in block.body
            if node.lineno - 1 in shown
            for target in known[node.lineno - 1].targets
        ]
        if told:
            loops = isinstance(block, ast.For)
            ends = block.body[-1].end_lineno if loops else block.body[-1].lineno - 1
            yield ends, _call_of_show(told, " " * block.body[0].col_offset, loops)


def _call_of_show(told: list[Any], indent: str, loops: bool) -> str:
    calls: dict[str, list[str]] = {}
    for target in told:
        number = "layer" if loops else "L" if target.index is not None else ""
        calls.setdefault(number, []).append(f"{target.name}={target.code}")
    found = []
    for number, values in calls.items():
        call = f"{indent}show({', '.join(([number] if number else []) + values)})"
        further = " " * len(f"{indent}show(")
        found += textwrap.wrap(call, 100, subsequent_indent=further)
    return "\n".join(found)


def _numpy_net(little: Little, optimizer: str) -> str:
    net, settings = little.net, little.settings
    names = ("W", "b", "gamma", "beta", "running_mean", "running_var")
    arrays = "".join(f"    {name}={_by_layer(getattr(net, name))},\n" for name in names)
    g = ACTIVATIONS[settings.activation]
    rest = (
        f'    norm="{settings.norm}",\n'
        f"    g=Activation({g.forward.__name__}, {g.slope.__name__}),\n"
        f"    eps={settings.eps!r},\n    momentum={settings.momentum!r},\n"
    )
    made = (
        '\nfor name in ("W", "b", "gamma", "beta"):\n'
        f"    for layer, parameter in getattr(net, name).items():\n"
        f"        net.optimizer[name, layer] = {optimizer}(parameter, lr={settings.lr!r})\n"
    )
    return f"net = Net(\n{arrays}{rest})\n{made}{_memory(little)}"


def _memory(little: Little) -> str:
    """What the optimizers remember of the steps before."""
    if not little.step:
        return ""
    rows = []
    for (name, layer), one in little.net.optimizer.items():
        for key, value in _remembered(one).items():
            literal = _literal(value) if isinstance(value, np.ndarray) else repr(value)
            rows.append(f'net.optimizer["{name}", {layer}].{key} = {literal}\n')
    return "".join(rows)


def _remembered(optimizer: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(optimizer).items() if key not in ("lr", "step")}


def _by_layer(arrays: dict[int, np.ndarray]) -> str:
    literals = {layer: _indented(_literal(array)) for layer, array in arrays.items()}
    rows = "".join(f"    {layer}: {literal},\n" for layer, literal in literals.items())
    return _indented(f"{{\n{rows}}}") if arrays else "{}"


def _indented(code: str) -> str:
    """Its lines after the first, one level deeper."""
    return code.replace("\n", "\n    ")


def _literal(array: np.ndarray, make: str = "np.array") -> str:
    """Code for the array, to the last bit; one row per line."""
    rows = array.tolist() if array.ndim > 1 else []
    if not rows:
        return f"{make}({array.tolist()})"
    return f"{make}([\n" + "".join(f"    {row},\n" for row in rows) + "])"


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part.rstrip("\n") + "\n" for part in parts)


def torch_program(little: Little) -> str:
    """For PyTorch, which finds the gradients by itself."""
    settings = little.settings
    stages = "".join(f"    {name}={code},\n" for name, code in _torch_stages(little))
    parts = [
        _head(little, "PyTorch"),
        "from collections import OrderedDict\n\nimport torch\nfrom torch import nn\n",
        "torch.set_default_dtype(torch.float64)\n",
        f"stages = OrderedDict(\n{stages})\nnet = nn.Sequential(stages)\n",
        _torch_load(little),
        f"optimizer = {_torch_optimizer(little)}\n{_torch_memory(little)}",
        SHOW_TORCH,
        f"x = {_literal(little.x, 'torch.tensor')}\n"
        f"labels = torch.tensor({little.y.argmax(axis=1).tolist()})\n",
        TORCH_STEP.replace("EPS", repr(settings.eps)),
    ]
    return _joined(parts)


#: those that Keras has by the same name
TORCH_ACTIVATIONS = {"tanh": "nn.Tanh()", "relu": "nn.ReLU()", "sigmoid": "nn.Sigmoid()"}


def _no_moments(memory: dict[str, Any]) -> dict[str, np.ndarray]:
    return {}


def _moments_of_adam(memory: dict[str, Any]) -> dict[str, np.ndarray]:
    """There the averages hold the factors 1 - beta, here not."""
    first, second = 1 - Adam.beta1, 1 - Adam.beta2
    return {"exp_avg": first * memory["first"], "exp_avg_sq": second * memory["second"]}


@dataclass(frozen=True)
class Elsewhere:
    """An optimizer in the libraries: the code that makes it, what it remembers in PyTorch."""

    torch: str  # with {lr}
    keras: str  # with {lr} and {eps}
    #: from what is remembered here, by PyTorch's names and on its scales
    moments: Callable[[dict[str, Any]], dict[str, np.ndarray]] = _no_moments
    counts: bool = False  # PyTorch keeps the number of steps beside them


OPTIMIZERS: dict[str, Elsewhere] = {
    "sgd": Elsewhere(
        torch="torch.optim.SGD(net.parameters(), lr={lr})",
        keras="keras.optimizers.SGD({lr})",
    ),
    "momentum": Elsewhere(
        torch="torch.optim.SGD(net.parameters(), lr={lr}, momentum=0.9)",
        keras="keras.optimizers.SGD({lr}, momentum=0.9)",
        moments=lambda memory: {"momentum_buffer": memory["velocity"]},
    ),
    "rmsprop": Elsewhere(
        torch="torch.optim.RMSprop(net.parameters(), lr={lr}, alpha=0.9, eps=1e-8)",
        keras="keras.optimizers.RMSprop({lr}, rho=0.9, epsilon=1e-16)  # under the root",
        moments=lambda memory: {"square_avg": memory["square"]},
        counts=True,
    ),
    "adam": Elsewhere(
        torch="torch.optim.Adam(net.parameters(), lr={lr})",
        keras="keras.optimizers.Adam({lr}, epsilon={eps})  # 1e-8 sqrt(1 - 0.999**t)",
        moments=_moments_of_adam,
        counts=True,
    ),
}

SHOW_TORCH = '''\
def show(**tensors):
    """Print numbers by name: z1 = [[...]]."""
    for name, tensor in tensors.items():
        print(f"{name} =", tensor.tolist())
'''

TORCH_STEP = """\
value, kept = x, {}
for name, stage in net.named_children():
    if isinstance(stage, nn.BatchNorm1d):
        number = name[-1]
        show(**{f"mean{number}": value.mean(dim=0)})
        show(**{f"var{number}": value.var(dim=0, correction=0)})
        z_norm = nn.functional.batch_norm(value, None, None, training=True, eps=EPS)
        show(**{f"z_norm{number}": z_norm})
    value = stage(value)
    value.retain_grad()
    kept[name] = value
    show(**{name: value})

show(p=torch.softmax(value, dim=1))
loss = nn.functional.cross_entropy(value, labels)
show(loss=loss)

optimizer.zero_grad()
loss.backward()
for name, tensor in kept.items():
    show(**{f"d{name}": tensor.grad})
for name, parameter in by_name.items():
    show(**{f"d{name}": parameter.grad.T if name[0] == "W" else parameter.grad})

optimizer.step()
for name, stage in net.named_children():
    if isinstance(stage, nn.BatchNorm1d):
        show(**{f"running_mean{name[-1]}": stage.running_mean})
        show(**{f"running_var{name[-1]}": stage.running_var})
for name, parameter in by_name.items():
    show(**{name: parameter.T if name[0] == "W" else parameter})
"""


def _stages(little: Little) -> Iterator[tuple[str, str, int]]:
    """(name, kind, layer) of each layer of a library, named after what it computes."""
    settings = little.settings
    order = {
        "none": (("z", "dense"), ("a", "activation")),
        "before": (("z", "dense"), ("z_tilde", "norm"), ("a", "activation")),
        "after": (("z", "dense"), ("a", "activation"), ("a_tilde", "norm")),
    }[settings.norm]
    last = len(settings.sizes) - 1
    for layer in range(1, last):
        yield from ((f"{name}{layer}", kind, layer) for name, kind in order)
    yield "logits", "dense", last


def _torch_stages(little: Little) -> Iterator[tuple[str, str]]:
    settings = little.settings
    of_norm = f"eps={settings.eps!r}, momentum={settings.momentum!r}"
    for name, kind, layer in _stages(little):
        inputs, units = settings.sizes[layer - 1 : layer + 1]
        bias = "" if layer in little.net.b else ", bias=False"
        yield (
            name,
            {
                "dense": f"nn.Linear({inputs}, {units}{bias})",
                "norm": f"nn.BatchNorm1d({units}, {of_norm})",
                "activation": TORCH_ACTIVATIONS[settings.activation],
            }[kind],
        )


def _named(little: Little) -> Iterator[tuple[str, str, np.ndarray]]:
    """(name, stage, array) of every parameter."""
    dense = {layer: name for name, kind, layer in _stages(little) if kind == "dense"}
    norm = {layer: name for name, kind, layer in _stages(little) if kind == "norm"}
    for (name, layer), array in parameters(little.net).items():
        yield f"{name}{layer}", (norm if name in ("gamma", "beta") else dense)[layer], array


TORCH_NAMES = {"W": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}


def _torch_load(little: Little) -> str:
    named = list(_named(little))
    names = "".join(
        f'    "{name}": net.{stage}.{TORCH_NAMES[name[:-1]]},\n' for name, stage, _ in named
    )
    rows = [f"by_name = {{  # a weight of PyTorch is W.T\n{names}}}\n", "with torch.no_grad():\n"]
    for name, _, array in named:
        rows.append(f'    by_name["{name}"].copy_({_indented(_torch_value(name, array))})\n')
    for name, kind, layer in _stages(little):
        if kind == "norm":
            for key in ("running_mean", "running_var"):
                value = _literal(getattr(little.net, key)[layer], "torch.tensor")
                rows.append(f"    net.{name}.{key}.copy_({_indented(value)})\n")
    return "".join(rows)


def _torch_value(name: str, array: np.ndarray) -> str:
    return _literal(array, "torch.tensor") + (".T" if name.startswith("W") else "")


def _torch_optimizer(little: Little) -> str:
    return OPTIMIZERS[little.settings.optimizer].torch.format(lr=repr(little.settings.lr))


def _torch_memory(little: Little) -> str:
    """What the optimizer remembers of the steps before, under PyTorch's names."""
    rows, there = [], OPTIMIZERS[little.settings.optimizer]
    for name, _, _ in _named(little) if little.step else ():
        one = _remembered(little.net.optimizer[name[:-1], int(name[-1])])
        values = {}
        for key, value in there.moments(one).items():
            values[key] = _torch_value(name, value)
        if there.counts:
            values["step"] = f"torch.tensor({float(little.step)})"
        if values:
            body = "".join(f'    "{key}": {_indented(value)},\n' for key, value in values.items())
            rows.append(f'optimizer.state[by_name["{name}"]] = {{\n{body}}}\n')
    return "".join(rows)


def keras_program(little: Little) -> str:
    """For Keras 3 on any backend; gradients stay inside it, so their effect is what is printed.

    In single precision: on most backends Keras computes in no other.
    """
    settings = little.settings
    stages = "".join(f"    {code},\n" for code in _keras_stages(little))
    parts = [
        _head(little, "Keras"),
        "import keras\nimport numpy as np\nfrom keras import layers\n",
        f"inputs = value = keras.Input(({settings.sizes[0]},))\nstages = [\n{stages}]\n"
        "kept = {}\nfor stage in stages:\n    value = kept[stage.name] = stage(value)\n"
        "model, look = keras.Model(inputs, value), keras.Model(inputs, kept)\n",
        _keras_load(little),
        f"optimizer = {_keras_optimizer(little)}\n"
        "loss = keras.losses.CategoricalCrossentropy(from_logits=True)\n"
        "model.compile(optimizer=optimizer, loss=loss)\n"
        f"optimizer.build(model.trainable_variables)\n{_keras_memory(little)}",
        SHOW_KERAS,
        f"x = {_literal(little.x)}\ny = {_literal(little.y)}\n",
        KERAS_STEP,
        _keras_end(little),
    ]
    return _joined(parts)


SHOW_KERAS = '''\
def show(**values):
    """Print numbers by name: z1 = [[...]]."""
    for name, value in values.items():
        print(f"{name} =", keras.ops.convert_to_numpy(value).tolist())
'''

KERAS_STEP = """\
load()
show(**look(x, training=True))  # which moves the running statistics
load()
show(loss=np.array(model.train_on_batch(x, y)))
"""


def _keras_stages(little: Little) -> Iterator[str]:
    settings = little.settings
    old = round(1 - settings.momentum, 12)  # the side that Keras weighs
    of_norm = f"momentum={old!r}, epsilon={settings.eps!r}"
    for name, kind, layer in _stages(little):
        units = settings.sizes[layer]
        bias = "" if layer in little.net.b else "use_bias=False, "
        yield {
            "dense": f'layers.Dense({units}, {bias}name="{name}")',
            "norm": f'layers.BatchNormalization({of_norm}, name="{name}")',
            "activation": f'layers.Activation("{settings.activation}", name="{name}")',
        }[kind]


KERAS_NAMES = {"W": "kernel", "b": "bias", "gamma": "gamma", "beta": "beta"}


def _keras_load(little: Little) -> str:
    rows = ["def load():\n"]
    for name, kind, layer in _stages(little):
        names = ("gamma", "beta", "running_mean", "running_var") if kind == "norm" else ("W", "b")
        arrays = [getattr(little.net, key).get(layer) for key in names]
        literals = [_indented(_indented(_literal(array))) for array in arrays if array is not None]
        if kind != "activation":
            values = "".join(f"        {literal},\n" for literal in literals)
            rows.append(f'    model.get_layer("{name}").set_weights([\n{values}    ])\n')
    return "".join(rows)


def _keras_optimizer(little: Little) -> str:
    # Adam there adds its epsilon before the bias correction of the square, here after it
    eps = Adam.eps * math.sqrt(1 - Adam.beta2 ** (little.step + 1))
    known = {"lr": repr(little.settings.lr), "eps": repr(eps)}
    return OPTIMIZERS[little.settings.optimizer].keras.format(**known)


def _keras_memory(little: Little) -> str:
    """What the optimizer remembers of the steps before, under Keras's names."""
    given = {}
    for name, stage, _ in _named(little):
        one = _remembered(little.net.optimizer[name[:-1], int(name[-1])])
        kept = OPTIMIZERS[little.settings.optimizer].moments(one)
        if "momentum_buffer" in kept:  # there velocity includes -lr
            kept = {"momentum": -little.settings.lr * kept["momentum_buffer"]}
        keys = {"exp_avg": "momentum", "exp_avg_sq": "velocity", "square_avg": "velocity"}
        for key, value in kept.items():
            given[f"{stage}_{KERAS_NAMES[name[:-1]]}_{keys.get(key, key)}"] = value
    if not little.step or not given:
        return ""
    rows = "".join(f'    "{key}": {_indented(_literal(value))},\n' for key, value in given.items())
    return (
        f"memory = {{\n{rows}}}\nfor variable in optimizer.variables:\n"
        '    name = variable.path.split("/")[-1]\n'
        "    if name in memory:\n        variable.assign(memory[name])\n"
        f"optimizer.iterations.assign({little.step})\n"
    )


def _keras_end(little: Little) -> str:
    rows = []
    for name, kind, layer in _stages(little):
        if kind == "norm":
            rows.append(f'show(running_mean{layer}=model.get_layer("{name}").moving_mean)\n')
            rows.append(
                f"# the biased variance enters here: {little.settings.m - 1}/{little.settings.m}"
                " of what PyTorch adds\n"
                f'show(biased_running_var{layer}=model.get_layer("{name}").moving_variance)\n'
            )
    for name, stage, _ in _named(little):
        rows.append(f'show({name}=model.get_layer("{stage}").{KERAS_NAMES[name[:-1]]})\n')
    return "".join(rows)


PROGRAMS: dict[str, Callable[[Little], str]] = {
    "numpy": numpy_program,
    "torch": torch_program,
    "keras": keras_program,
}


def programs(little: Little) -> dict[str, Callable[[Little], str]]:
    """Those that can be written: of the libraries, where they have the activation and optimizer."""
    settings = little.settings
    if settings.activation in TORCH_ACTIVATIONS and settings.optimizer in OPTIMIZERS:
        return PROGRAMS
    return {"numpy": numpy_program}


def printed(output: str) -> dict[str, np.ndarray]:
    """What a program printed, by name."""
    found = {}
    for part in textwrap.dedent(output).split("\n"):
        name, equals, numbers = part.partition(" = ")
        if equals:
            last = name
            found[last] = numbers
        elif part.strip():
            found[last] += part
    return {name: np.array(ast.literal_eval(numbers)) for name, numbers in found.items()}

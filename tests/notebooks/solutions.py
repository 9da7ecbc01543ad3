"""One answer to each exercise of the notebooks, in their order."""

SOLUTIONS: dict[str, list[str]] = {
    "mini_batch": [
        """
def four_steps(z, gamma, beta, eps=1e-5):
    mean = z.mean(axis=0)
    var = z.var(axis=0)
    z_norm = (z - mean) / np.sqrt(var + eps)
    z_tilde = gamma * z_norm + beta
    return z_tilde
""",
        """
def left_of(bias):
    with_bias = four_steps(z[:, None] + bias, 1.0, 0.0)
    without = four_steps(z[:, None], 1.0, 0.0)
    return float(np.abs(with_bias - without).max())
""",
    ],
    "network": [
        """
def predict(x, net):
    a, L = x, len(net.W)
    for layer in range(1, L):
        std = np.sqrt(net.running_var[layer] + net.eps)
        z_norm = (a @ net.W[layer] - net.running_mean[layer]) / std
        a = net.g.forward(net.gamma[layer] * z_norm + net.beta[layer])
    return a @ net.W[L] + net.b[L]
""",
        """
def count(sizes, norm):
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    of_hidden = sum(sizes[1:-1]) * (1 if norm == "none" else 2)
    return weights + of_hidden + sizes[-1]
""",
    ],
    "inside": [
        """
def backward(upstream, z, gamma, eps=1e-5):
    m = len(z)
    mean, var = z.mean(axis=0), z.var(axis=0)
    z_norm = (z - mean) / np.sqrt(var + eps)
    d = upstream * gamma
    inside = m * d - d.sum(axis=0) - z_norm * (d * z_norm).sum(axis=0)
    return inside / (m * np.sqrt(var + eps))
""",
        """
def difference(row, column, step=1e-5):
    def total(sign):
        moved = z.copy()
        moved[row, column] += sign * step
        return (batch_norm_forward(moved, gamma, beta, eps)[0] * upstream).sum()

    return (total(1) - total(-1)) / (2 * step)
""",
    ],
    "conv": [
        """
def by_hand(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    row = gamma[:, None, None], beta[:, None, None]
    return row[0] * (x - mean) / np.sqrt(var + eps) + row[1]
""",
        """
def growth(blocks):
    return 2**blocks, 1 + blocks
""",
    ],
    "training": [
        """
def saturated(trace, at):
    return (np.abs(trace.u[at]) > 4).mean(axis=(1, 2))
""",
        """
def first_at(trace, accuracy):
    there = np.flatnonzero(trace.accuracy >= accuracy)
    return int(trace.step[there[0]]) if len(there) else None
""",
    ],
    "why": [
        """
def limit(hessian):
    return 2 / np.linalg.eigvalsh(hessian)[-1]
""",
        """
def best(hessian):
    eigenvalues = np.linalg.eigvalsh(hessian)
    return 2 / (eigenvalues[0] + eigenvalues[-1])
""",
    ],
    "noise": [
        """
def parts(batch, mean, std):
    a = std / batch.std()
    return a, (mean - batch.mean()) / batch.std()
""",
        """
def ghost(z, g, eps=1e-5):
    groups = z.reshape(-1, g, z.shape[1])
    mean, var = groups.mean(axis=1, keepdims=True), groups.var(axis=1, keepdims=True)
    return ((groups - mean) / np.sqrt(var + eps)).reshape(z.shape)
""",
    ],
    "rivals": [
        """
def group_norm(z, groups):
    parts = z.reshape(len(z), groups, -1)
    return standardized(parts, 2).reshape(z.shape)
""",
        """
def moved(z, unit, axis):
    louder = z.copy()
    louder[:, unit] *= 3
    return np.abs(standardized(louder, axis) - standardized(z, axis)).max()
""",
    ],
    "test_time": [
        """
def decay_of(momentum):
    return 1 - momentum
""",
        """
def folded(W, gamma, beta, running_mean, running_var, eps=1e-5):
    scale = gamma / np.sqrt(running_var + eps)
    return W * scale, beta - running_mean * scale
""",
    ],
    "clinic": [
        """
def measured_again(model, x):
    found = model.forward(x)
    return found.mean, found.var
""",
    ],
    "reference": [
        """
def for_pytorch(value, weighs):
    return value if weighs == "new" else 1 - value
""",
    ],
}

from keras import ops


def constant(x):
    return ops.all(x == x[:1], axis=0)


def shifted(x):
    """Numbers near 0 keep their digits; what follows is batch norm as before."""
    return x - x[:1]

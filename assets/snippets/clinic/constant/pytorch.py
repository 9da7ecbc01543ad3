def constant(x):
    return (x == x[:1]).all(dim=0)


def shifted(x):
    """Numbers near 0 keep their digits; what follows is batch norm as before."""
    return x - x[:1]

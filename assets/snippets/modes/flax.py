def train(bn, x):
    return bn(x, use_running_average=False)


def use(bn, x):
    return bn(x, use_running_average=True)

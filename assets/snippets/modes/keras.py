def train(model, x):
    return model(x, training=True)


def use(model, x):
    return model(x, training=False)

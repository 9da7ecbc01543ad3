def train(model, x):
    model.train()
    return model(x)


def use(model, x):
    model.eval()
    return model(x)

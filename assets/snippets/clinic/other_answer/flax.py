def predict(model, variables, x):
    return model.apply(variables, x, use_running_average=True)

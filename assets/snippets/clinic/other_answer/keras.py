def predict(model, x):
    return model(x, training=False)  # so does model.predict(x)

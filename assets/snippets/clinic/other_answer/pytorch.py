import torch


def predict(model, x):
    model.eval()  # torch.no_grad() alone leaves the model in train()
    with torch.no_grad():
        return model(x)

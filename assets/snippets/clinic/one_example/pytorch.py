import torch
from torch.utils.data import DataLoader


def batches(data, m):
    return DataLoader(data, batch_size=m, shuffle=True, drop_last=True)


def predict(model, image):
    model.eval()
    with torch.no_grad():
        return model(image[None])[0]

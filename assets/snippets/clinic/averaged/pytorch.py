from torch.optim.swa_utils import AveragedModel, update_bn


def average(models, batches):
    averaged = AveragedModel(models[0])  # in a training: update_parameters(model) now and then
    for model in models:
        averaged.update_parameters(model)
    update_bn(batches, averaged)  # new statistics, as plain averages
    return averaged.eval()

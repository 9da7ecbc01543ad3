from torch.nn.utils.fusion import fuse_linear_bn_eval


def folded(linear, bn):
    """For a convolution: fuse_conv_bn_eval. An exporter does the same if the model is in eval()."""
    return fuse_linear_bn_eval(linear.eval(), bn.eval())

"""What the clinic knows of each symptom besides its words: messages, questions, explanations."""

from __future__ import annotations

#: what programs print: to be searched, not to be read
MESSAGES: dict[str, tuple[str, ...]] = {
    "one_example": (
        "ValueError: Expected more than 1 value per channel when training, got input size"
        " torch.Size([1, 256])",
    ),
    "running_nan": (
        "loss: nan",
        "running_var: tensor([nan, nan, nan])",
        "moving_variance: Tensor had NaN values",
        "RuntimeWarning: invalid value encountered in sqrt",
    ),
}

#: who has asked in public
QUESTIONS: dict[str, tuple[str, ...]] = {
    "eval_worse": (
        "pytorch/pytorch#4741",
        "facebookresearch/VideoPose3D#113",
        "ultralytics/ultralytics#5891",
    ),
    "one_example": (
        "pytorch/pytorch#4534",
        "meetps/pytorch-semseg#214",
        "nikitakaraevv/pointnet#18",
        "BCV-Uniandes/DMS#30",
    ),
    "other_answer": ("pytorch/pytorch#5406", "pytorch/examples#119"),
    "few_images": (
        "yhenon/pytorch-retinanet#24",
        "princeton-vl/RAFT#141",
        "keras-team/keras#9965",
    ),
    "frameworks": (
        "pytorch/pytorch#19902",
        "pytorch/examples#289",
        "keras-team/keras#6839",
    ),
    "running_nan": (
        "tensorflow/tensorflow#18334",
        "google/flax#1491",
        "shicai/MobileNet-Caffe#87",
    ),
    "accumulated": (
        "pytorch/pytorch#46516",
        "Lightning-AI/pytorch-lightning#17446",
        "tensorflow/tensorflow#18222",
    ),
    "exported": ("pytorch/pytorch#93343",),
    "averaged": (),
    "dropout": (),
    "decay": ("ultralytics/yolov5#4104", "torch/torch7#846", "nmndeep/revisiting-at#2"),
    "constant": ("pytorch/pytorch#5410",),
    "bias": ("milesial/Pytorch-UNet#325",),
}

#: the scenes of other lessons that explain what is behind it
EXPLAINED: dict[str, tuple[tuple[str, str], ...]] = {
    "eval_worse": (("test_time", "averages"), ("test_time", "stale")),
    "one_example": (("test_time", "modes"), ("noise", "m2")),
    "other_answer": (("test_time", "answer_jumps"), ("test_time", "modes")),
    "few_images": (("test_time", "world"), ("noise", "law")),
    "frameworks": (("test_time", "conventions"), ("reference", "conventions")),
    "running_nan": (("test_time", "averages"), ("test_time", "divisor")),
    "accumulated": (("rivals", "devices"), ("noise", "law")),
    "exported": (("test_time", "folding"),),
    "averaged": (("test_time", "stale"), ("test_time", "world")),
    "dropout": (("noise", "kinds"), ("noise", "beside")),
    "decay": (("inside", "growth"), ("inside", "scale")),
    "constant": (("mini_batch", "epsilon"),),
    "bias": (("network", "b"),),
}

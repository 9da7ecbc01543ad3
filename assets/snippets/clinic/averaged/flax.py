import jax


def mean(each):
    return jax.tree.map(lambda *values: sum(values) / len(values), *each)


def average(model, kept, batches):
    """`model` has momentum=0.0; `kept` are variables from the training."""
    variables = mean(kept)
    found = [
        model.apply(variables, x, use_running_average=False, mutable=["batch_stats"])[1]
        for x in batches
    ]
    return {**variables, **mean(found)}

import jax


def measure_again(model, variables, batches):
    """`model` has momentum=0.0, so that each call leaves the statistics of its batch."""
    found = [
        model.apply(variables, x, use_running_average=False, mutable=["batch_stats"])[1]
        for x in batches
    ]
    mean = jax.tree.map(lambda *each: sum(each) / len(each), *found)
    return {**variables, **mean}

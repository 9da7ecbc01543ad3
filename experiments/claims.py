"""What is said of batch norm, and what is measured of it: the board of the lesson on why.

The sentences stand in the locale files of that lesson, by these ids:

| id                | in a sentence                                                               |
|-------------------|-----------------------------------------------------------------------------|
| gives_back        | γ = √(σ² + ε) and β = μ give z back                                         |
| b_cancels         | b in front of batch norm does nothing                                       |
| scale_free        | multiplying W by a number changes nothing of what the network says          |
| folds             | after training, batch norm can be folded into W and b                       |
| sd_is_gamma       | after batch norm a unit has mean β and standard deviation γ                 |
| divides_variance  | batch norm divides by the variance                                          |
| makes_gaussian    | batch norm makes the distribution of a unit normal (Gaussian)               |
| unbiased_better   | the running variance should be unbiased, it makes predictions better        |
| rounder_inputs    | scaling the inputs makes the loss rounder                                   |
| rounder_hidden    | batch norm does the same for what the deeper layers learn from              |
| replaces_scaling  | with batch norm in the hidden layers inputs need no scaling                 |
| sooner            | at the same learning rate batch norm trains in far fewer steps              |
| always_faster     | batch norm is always faster, each arm at its own best rate                  |
| larger_rates      | batch norm allows much larger learning rates                                |
| higher_accuracy   | batch norm ends at a higher accuracy                                        |
| any_init          | with batch norm the initial weights do not matter                           |
| every_step        | it is normalizing at every step that does it, not a repaired start          |
| vanishing         | batch norm keeps gradients from vanishing in deep networks                  |
| exploding         | batch norm keeps gradients from exploding in deep networks                  |
| smoother          | batch norm makes the loss smoother along the gradient                       |
| less_shift        | with batch norm what a layer receives is distributed more steadily          |
| shift_explains    | it works because it reduces internal covariate shift                        |
| independent       | with batch norm a layer does not depend on what changes below it            |
| before_best       | batch norm belongs before the activation                                    |
| like_dropout      | the noise of its batches is like dropout                                    |
| regularizes       | the noise of its batches regularizes                                        |
| decay_regularizes | weight decay regularizes W in front of batch norm                           |
| any_batch         | batch norm works with any batch size                                        |
| own_batch         | at test time the statistics of the test batch do as well                    |
| protects          | batch norm protects against test data that has shifted                      |
| other_colours     | with batch norm, whoever learned from black ink reads coloured ink          |
| reestimated       | new statistics from unlabelled images repair what the shift did             |
"""

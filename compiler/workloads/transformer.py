"""How much a transformer computes, holds and moves: weights, operations and bytes.

Operations count a multiplication and an addition as two. For T tokens in sequences of s, hidden width h, h_kv of keys
and values, feed-forward width f and g matrices in it (3 if gated, else 2), a layer's forward pass takes

    2 T h (2 h + 2 h_kv)    projections: query and output of h * h, keys and values of h * h_kv
    4 T s h                 scores and their use, every token against all s of its sequence
    2 T g h f x             feed-forward, x experts a token

and the output 2 T h V for V tokens of vocabulary: equation 3 of Narayanan et al., "Efficient Large-Scale Language Model
Training on GPU Clusters Using Megatron-LM" (arXiv 2104.04473), which has h_kv = h, f = 4 h, g = 2. Backward takes twice
that. As there, causal attention counts in full.
"""

from __future__ import annotations

from fractions import Fraction

from ..schema import Transformer


def kv_width(model: Transformer) -> Fraction:
    """Values of keys (or of values) of one token in one layer."""
    return Fraction(model.hidden * (model.kv_heads or model.heads), model.heads)


def attention_weights(model: Transformer) -> Fraction:
    """Weights of one layer's attention."""
    return 2 * model.hidden * (model.hidden + kv_width(model))


def expert_weights(model: Transformer) -> int:
    """Weights of one expert of one layer (of its feed-forward part, if it is dense)."""
    return (3 if model.gated else 2) * model.hidden * model.ffn


def layer_weights(model: Transformer) -> Fraction:
    """Weights of one layer with all its experts."""
    return attention_weights(model) + (model.experts + model.shared) * expert_weights(model)


def weights(model: Transformer) -> Fraction:
    """All weights, embedding and output counted apart."""
    return model.layers * layer_weights(model) + 2 * model.hidden * model.vocabulary


def layer_operations(model: Transformer, tokens: int, attended: Fraction | int) -> Fraction:
    """Operations of one layer's forward pass over `tokens`, each of which looks at `attended` others."""
    passed = min(model.active, model.experts) + model.shared
    matrices = attention_weights(model) + passed * expert_weights(model)
    return 2 * tokens * matrices + 4 * tokens * attended * model.hidden


def output_operations(model: Transformer, tokens: int) -> int:
    """Operations of the output layer's forward pass."""
    return 2 * tokens * model.hidden * model.vocabulary


def stages(model: Transformer, many: int) -> tuple[int, ...]:
    """Layers of each pipeline stage. What is left over goes to the stages in the middle, since the first also has the
    embedding and the last the output; so 126 layers in 16 stages are 7, 14 times 8, 7, as Llama 3 was trained."""
    each, rest = divmod(model.layers, many)
    first = (many - rest) // 2
    return tuple(each + (first <= stage < first + rest) for stage in range(many))

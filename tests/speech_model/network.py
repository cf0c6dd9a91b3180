"""The network that is trained: Whisper's architecture, tiny, over a compact vocabulary.

Only the tokens in use are learned one by one.  One more row, "unused", stands for the 51,000 others: its logit carries
the logarithm of their number, so copying it into each of them at export gives the very same softmax, at a hundredth of
the cost.  A CTC head of letters on the encoder, dropped afterwards, makes the training converge.
"""

import math

import torch
import vocabulary as v
from torch import Tensor, nn
from torch.nn import functional
from transformers import WhisperConfig, WhisperForConditionalGeneration

LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôöùûü '-"


def configuration(vocabulary_size: int) -> WhisperConfig:
    return WhisperConfig(
        vocab_size=vocabulary_size,
        d_model=128,
        encoder_layers=3,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=512,
        decoder_ffn_dim=512,
        dropout=0.1,
        num_mel_bins=80,
        max_source_positions=1500,
        max_target_positions=448,
        pad_token_id=0,
        bos_token_id=0,
        eos_token_id=0,
        decoder_start_token_id=0,
    )


class TinyWhisper(nn.Module):
    """Whisper over a compact vocabulary: the used tokens in order, then the one row for all others."""

    def __init__(self, used: list[int]) -> None:
        super().__init__()
        self.used = used
        self.unused = len(used)
        self.whisper = WhisperForConditionalGeneration(configuration(len(used) + 1))
        self.ctc = nn.Linear(128, len(LETTERS) + 1)
        self.start_evenly()
        bias = torch.zeros(len(used) + 1)
        bias[self.unused] = math.log(v.VOCABULARY_SIZE - len(used))
        self.register_buffer("multiplicity", bias)

    def start_evenly(self) -> None:
        """Start with weights that keep the size of what passes.

        transformers starts so small that the sound drowns in the encoder's position codes, and nothing is learned.
        """
        for module in self.whisper.modules():
            if isinstance(module, nn.Linear) and module is not self.whisper.proj_out:
                nn.init.xavier_uniform_(module.weight)
            if isinstance(module, nn.Conv1d):
                nn.init.kaiming_normal_(module.weight)

    def encode(self, features: Tensor) -> Tensor:
        """Return the encoder's states for features of any length (transformers insists on 3,000 frames)."""
        encoder = self.whisper.model.encoder
        states = functional.gelu(encoder.conv1(features))
        states = functional.gelu(encoder.conv2(states)).transpose(1, 2)
        states = states + encoder.embed_positions.weight[: states.shape[1]]
        states = functional.dropout(states, encoder.dropout, self.training)
        for layer in encoder.layers:
            states = layer(states, None)
        return encoder.layer_norm(states)

    def decode(self, tokens: Tensor, states: Tensor) -> Tensor:
        hidden = self.whisper.model.decoder(input_ids=tokens, encoder_hidden_states=states, use_cache=False)
        return self.whisper.proj_out(hidden.last_hidden_state) + self.multiplicity

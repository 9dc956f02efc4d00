"""What the command line offers: train, evaluate, predict and card, as functions."""

from __future__ import annotations

from ml.commands.card import card
from ml.commands.evaluate import evaluate
from ml.commands.predict import predict
from ml.commands.train import train

__all__ = ["card", "evaluate", "predict", "train"]

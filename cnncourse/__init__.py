"""cnncourse: the arithmetic, layers, models and experiments of the course companion book.

Everything that the book uses is at the top level: ``import cnncourse as cc``. A name is loaded
with its module when it is first used, so that arithmetic starts without TensorFlow.
"""
# ruff: noqa: F401, F403 -- what editors read imports every public name

from importlib import import_module

from cnncourse._quiet import QuietTensorFlow

QuietTensorFlow.install()

_MODULES = {
    "arithmetic": """
        DTYPE_BYTES activation_bytes batch_norm_parameters conv2d_macs conv2d_output_shape
        conv2d_parameters dense_macs dense_parameters depthwise_conv2d_macs
        depthwise_conv2d_output_shape depthwise_conv2d_parameters output_size parameter_bytes
        pool2d_output_shape receptive_field same_padding transposed_output_size unused_pixels
    """,
    "language": "number use_language",
    "words": "say",
    "worked": "WorkedSolution explain_conv2d explain_dense explain_depthwise_conv2d explain_pool2d",
    "layers": "account layers",  # the module itself, as `keras.layers`: its names stay in it
    "verdict": "Verdict",
    "drills": "DRILL_TOPICS Drill Mistake answer_key drill exam exam_sheet exam_variants moodle_xml",
    "exercises": "EXERCISES Exercise check check_text exercise",
    "from_scratch": """
        average_pool average_pool_gradients batch_norm batch_norm_gradients conv2d conv2d_gradients
        conv2d_loops conv2d_transpose dense dense_gradients dropout im2col max_pool max_pool_gradients relu
        relu_gradients softmax
    """,
    "augmentation": "cutmix cutout mixup resized_crop",
    "anatomies": "Anatomy LayerAccount TrainingBytes anatomy",
    "datasets": "Dataset load photograph",
    # `keras` through `models`, so that Keras knows the layers of a saved model before it loads one
    "models": """
        LocalResponseNormalization PartialConv2D alexnet course_model dense_stack keras lenet5 scaled_tanh
    """,
    "training": "run_test_harness",
    "protocol": "Arm Experiment PairedDifference Results Run recorded",
    "diagnostics": """
        ActivationRates GeneralizationGap GradientNorms activation_rates generalization_gap
        gradient_norms measure_generalization_gap
    """,
    "plots": """
        COLORS TINTS plot_account plot_activation_rates plot_comparison plot_confusion
        plot_convolution plot_curves plot_fits plot_feature_maps
        plot_generalization_gap plot_gradient_norms plot_histograms plot_histories plot_learning_curves
        plot_numbers
        plot_output_sizes
        plot_pictures plot_positions plot_runs plot_sliding_windows plot_training_memory use_style
    """,
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}

TYPE_CHECKING = False
if TYPE_CHECKING:  # editors take it for true, and complete `cc.` from this
    from cnncourse import layers
    from cnncourse.anatomies import *
    from cnncourse.arithmetic import *
    from cnncourse.augmentation import *
    from cnncourse.backend import keras
    from cnncourse.datasets import *
    from cnncourse.diagnostics import *
    from cnncourse.drills import *
    from cnncourse.exercises import *
    from cnncourse.from_scratch import *
    from cnncourse.language import number, use_language
    from cnncourse.layers import account
    from cnncourse.models import *
    from cnncourse.plots import *
    from cnncourse.protocol import *
    from cnncourse.training import *
    from cnncourse.verdict import Verdict
    from cnncourse.words import say
    from cnncourse.worked import (
        WorkedSolution,
        explain_conv2d,
        explain_dense,
        explain_depthwise_conv2d,
        explain_pool2d,
    )

__version__ = "0.1.0"
__all__ = sorted(_HOME)


def __getattr__(name):
    """Load a public name from its module on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'cnncourse' has no attribute {name!r}")
    home = import_module(f"cnncourse.{_HOME[name]}")
    value = home if name == "layers" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})

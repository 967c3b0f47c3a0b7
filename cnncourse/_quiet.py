"""An import hook that keeps TensorFlow's C++ log lines out of notebooks, whoever imports it.

While it is imported, TensorFlow writes to file descriptor 2 before it reads any setting, and no
environment variable stops that. So descriptor 2 points to a scratch file meanwhile, and what was
written is shown only if the import fails. Later lines do obey ``TF_CPP_MIN_LOG_LEVEL``. oneDNN
stays on: without it, training takes more than twice as long.
"""

import os
import sys
from contextlib import contextmanager
from importlib.machinery import PathFinder


class QuietTensorFlow:
    """Finds TensorFlow where Python would, and imports it without noise."""

    @classmethod
    def install(cls):
        """Wait for TensorFlow's import. Costs nothing until then."""
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # 2: errors only
        sys.meta_path.insert(0, cls)

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        """Answer Python's question who loads the module ``name`` (``importlib.abc.MetaPathFinder``)."""
        spec = PathFinder.find_spec(name, path, target) if name == "tensorflow" else None
        if spec is not None:
            spec.loader.exec_module = quiet_descriptor()(spec.loader.exec_module)
        return spec


@contextmanager
def quiet_descriptor():
    """Keep what is written to descriptor 2, and show it only if an error passes through."""
    from tempfile import TemporaryFile  # here, because it would double the time of `import cnncourse`

    try:
        shown = os.dup(2)
    except OSError:  # no such descriptor, as under pythonw: nothing to silence
        yield
        return
    with TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(shown, kept.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)

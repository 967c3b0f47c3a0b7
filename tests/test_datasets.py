"""The data sets: what they hold, and that nothing happens to a reader's files."""

import contextlib
import gzip
import hashlib
import inspect
import io
import socket
import urllib.error
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import cnncourse as cc
from cnncourse import datasets, keras, shapes
from cnncourse.backend import tf

NAMES = ("x_train", "y_train", "x_test", "y_test")


@pytest.fixture(scope="module", name="digits")
def fixture_digits():
    return cc.load("digits")


@pytest.fixture(scope="module", name="coloured")
def fixture_coloured():
    return cc.load("shapes")


def arrays(channels=3, **changes):
    """Give the arrays of a small data set, some of them replaced."""
    rng = np.random.default_rng(0)
    made = {
        "x_train": rng.integers(0, 256, (6, 5, 4, channels), dtype="uint8"),
        "y_train": np.array([0, 1, 2, 0, 1, 2], "uint8"),
        "x_test": rng.integers(0, 256, (3, 5, 4, channels), dtype="uint8"),
        "y_test": np.array([[0], [1], [2]], "uint8"),
    }
    return {**made, **changes}


def npz_bytes(**held):
    file = io.BytesIO()
    np.savez_compressed(file, **held)
    return file.getvalue()


# -- the embedded data sets -------------------------------------------------------------------------


def test_digits_are_split_once_for_all(digits):
    assert digits.x_train.shape == (1297, 32, 32, 1)
    assert digits.x_test.shape == (500, 32, 32, 1)
    labels = np.concatenate([digits.y_train, digits.y_test]).astype("uint8")
    assert hashlib.sha256(labels).hexdigest().startswith("1304e7b4b6ea9329")
    assert digits.x_test.mean() == pytest.approx(0.305350, abs=1e-5)


def test_the_split_of_the_digits_is_stratified(digits):
    in_test, in_all = np.bincount(digits.y_test), np.bincount([*digits.y_train, *digits.y_test])
    np.testing.assert_allclose(in_test, in_all * 500 / 1797, atol=1)


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_no_image_is_in_both_parts(name):
    data = cc.load(name)
    train = {image.tobytes() for image in data.x_train}
    assert len(train) == len(data.x_train)
    assert not any(image.tobytes() in train for image in data.x_test)


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_embedded_data_are_in_the_form_of_the_book(name):
    data = cc.load(name)
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert (x.dtype, y.dtype) == ("float32", "int64")
        assert 0 <= x.min() < 0.01
        assert 0.99 < x.max() <= 1
        assert x.flags.c_contiguous
        assert sorted(set(y)) == list(range(10))
    assert len(data.class_names) == 10


@pytest.mark.parametrize("size", [8, 13, 28, 32])
def test_digits_are_enlarged_as_tensorflow_does(size):
    from sklearn.datasets import load_digits

    original = load_digits()
    ours = cc.load("digits", size=size)
    first = {image.tobytes(): label for image, label in zip(original.images, original.target, strict=True)}
    assert len(first) == 1797
    resized = tf.image.resize(original.images[:20, ..., None] / 16, (size, size), method="bilinear")
    every = np.concatenate([ours.x_train, ours.x_test])
    for image in resized.numpy():
        assert np.abs(every - image).max(axis=(1, 2, 3)).min() < 1e-6


def test_digits_keep_their_labels():
    from sklearn.datasets import load_digits

    original = load_digits()
    label_of = {image.tobytes(): label for image, label in zip(original.images, original.target, strict=True)}
    data = cc.load("digits", size=8)
    back = (data.x_test[..., 0] * 16).round().astype("float64")
    assert [label_of[image.tobytes()] for image in back] == list(data.y_test)


def test_shapes_are_the_same_every_time(coloured):
    np.testing.assert_array_equal(shapes.draw_shapes(coloured.y_test, 1), coloured.x_test)
    assert coloured.x_train.shape == coloured.x_test.shape == (2000, 32, 32, 3)
    assert coloured.x_train.mean() == pytest.approx(0.4979, abs=1e-3)


@pytest.mark.parametrize("count", [10, 500, 2000])
def test_every_tenth_prefix_of_the_shapes_is_balanced(coloured, count):
    assert set(np.bincount(coloured.y_train[:count])) == {count // 10}


# the areas by elementary geometry; the star's is that of ten triangles (tip, notch, centre)
AREAS = {
    "disk": np.pi * 0.8**2,
    "ring": np.pi * (0.85**2 - 0.45**2),
    "square": 1.4**2,
    "triangle": 3 * np.sqrt(3) * 0.5**2,
    "plus": 4 * 0.9 * 0.25 * 2 - 0.5**2,
    "star": 10 * 0.42 * np.sin(np.pi / 5) / 2,
    "bar": 4 * 0.95 * 0.25,
    "L": 4 * 0.22 * 0.85 + 2 * 0.22 * (2 * 0.62 - 0.44),
    "T": 4 * 0.22 * 0.75 + 2 * 0.22 * (2 * 0.85 - 0.44),
}


@pytest.mark.parametrize("name", AREAS)
def test_a_shape_has_its_area(name):
    u, v = np.meshgrid(*[np.linspace(-1.2, 1.2, 1201)] * 2)
    inside = shapes.SHAPES[name](u, v) < 0
    assert inside.mean() * 2.4**2 == pytest.approx(AREAS[name], rel=0.02)


@pytest.mark.parametrize("name", shapes.SHAPES)
def test_a_shape_fits_into_its_frame_and_has_an_even_edge(name):
    u, v = np.meshgrid(*[np.linspace(-1.2, 1.2, 241)] * 2)
    distance = shapes.SHAPES[name](u, v)
    assert np.hypot(u, v)[distance < 0].max() <= 1.15
    slope = np.hypot(*np.gradient(distance, 0.01))
    edge = np.abs(distance) < 0.02
    assert np.median(slope[edge]) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("seed", [None, -1, 1.5, "a"])
def test_shapes_refuse_seeds_that_are_none(seed):
    with pytest.raises(ValueError, match="seed must be a whole number"):
        shapes.draw_shapes([1], seed)


def test_shapes_refuse_labels_that_are_none():
    for labels in ([10], [-1], [0.5], 3, [[1]]):
        with pytest.raises(ValueError, match="labels must be whole numbers from 0 to 9"):
            shapes.draw_shapes(labels, seed=0)


@pytest.mark.parametrize("name", ["china", "flower"])
def test_photographs_need_no_network(name, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    picture = cc.photograph(name)
    assert (picture.shape, picture.dtype) == ((427, 640, 3), "float32")
    assert 0 <= picture.min() < picture.max() <= 1


# -- a file by path ---------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_file_is_read_and_scaled(tmp_path, channels):
    held = arrays(channels)
    path = tmp_path / "mine.npz"
    np.savez(path, **held)
    data = cc.load("mine", path=path)
    np.testing.assert_allclose(data.x_train, held["x_train"] / 255, rtol=1e-6)
    assert data.x_test.shape == (3, 5, 4, channels)
    assert list(data.y_test) == [0, 1, 2]
    assert data.class_names == ("0", "1", "2")
    assert data.source == "the file mine.npz"


def test_a_file_without_a_channel_axis_gets_one(tmp_path):
    path = str(tmp_path / "mine.npz")
    held = arrays(1)
    np.savez(path, **{**held, "x_train": held["x_train"][..., 0], "x_test": held["x_test"][..., 0]})
    data = cc.load("mnist", path=path)
    assert data.x_train.shape == (6, 5, 4, 1)
    assert data.class_names == tuple("0123456789")


def test_fractions_stay_as_they_are(tmp_path):
    x = np.random.default_rng(1).random((6, 5, 4, 3))
    np.savez(tmp_path / "mine.npz", **arrays(x_train=x))
    np.testing.assert_allclose(cc.load("mine", path=tmp_path / "mine.npz").x_train, x, rtol=1e-6)


BAD_ARRAYS = [
    ({"x_train": np.zeros((6, 3, 32, 32), "uint8")}, "x_train must be images .* Received shape"),
    ({"x_train": np.uint8(3)}, r"x_train must be images .* Received shape \(\)"),
    ({"x_test": np.zeros((0, 5, 4, 3), "uint8")}, r"x_test must be images .* Received shape \(0, 5, 4, 3\)"),
    ({"x_test": np.zeros((3, 5, 5, 3), "uint8")}, r"images of one shape.*\(5, 4, 3\) and \(5, 5, 3\)"),
    ({"x_train": np.full((6, 5, 4, 3), 200.0)}, "x_train must be whole numbers from 0 to 255 or fractions"),
    ({"x_train": np.full((6, 5, 4, 3), np.nan)}, "x_train must be whole numbers.*nan"),
    (
        {"x_test": np.where(np.arange(3 * 20) == 41, np.nan, 0.5).reshape(3, 5, 4)},
        "x_test.*nan in image 2 of 3",
    ),
    (
        {"x_test": np.where(np.arange(3 * 20) == 19, np.inf, 0.5).reshape(3, 5, 4)},
        "x_test.*inf in image 0 of 3",
    ),
    ({"x_train": np.full((6, 5, 4, 3), -1)}, "x_train must be whole numbers.*int64.* -1 in image 0"),
    ({"x_train": np.full((6, 5, 4, 3), 1j)}, "x_train must be whole numbers.*complex128"),
    ({"x_train": np.full((6, 5, 4, 3), "2026-01-01", "M8[D]")}, "x_train must be whole numbers.*datetime64"),
    ({"x_train": np.zeros((6, 5, 4, 3), "u1,f4")}, "x_train must be whole numbers.*'<f4'"),
    (
        {"x_test": np.eye(3, dtype="uint8").reshape(1, 3, 3).repeat(3, 0)},
        "x_train and x_test must be on one scale",
    ),
    ({"y_train": np.array(["a"] * 6)}, "y_train must be one whole number per image.*<U1"),
    ({"y_test": np.array(2)}, r"y_test must be one whole number per image.*shape \(\)"),
    ({"x_train": np.full((6, 5, 4, 3), "a")}, "x_train must be whole numbers.*<U1"),
    ({"y_train": np.arange(5)}, r"y_train must be one whole number per image, shape \(6,\).*\(5,\)"),
    ({"y_train": np.eye(6)}, "y_train must be one whole number per image"),
    ({"y_train": np.zeros(6)}, "y_train must be one whole number per image.*float64"),
    ({"y_test": np.array([0, 1, -1])}, "y_test must be from 0 to 99,999.*-1"),
    ({"y_test": np.array([0, 1, 10**7])}, "y_test must be from 0 to 99,999.*10000000"),
    ({"y_test": np.array([0, 1, 2**63], "uint64")}, "y_test must be from 0 to 99,999.*9223372036854775808"),
    ({"y_test": np.array([0, None, 1])}, "could not be read.*y_test is no array of numbers: it holds Python"),
]


@pytest.mark.parametrize(("changes", "message"), BAD_ARRAYS)
def test_a_file_with_wrong_arrays_is_refused(tmp_path, changes, message):
    path = tmp_path / "mine.npz"
    np.savez(path, **arrays(**changes))
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        cc.load("mine", path=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_black_and_white_whole_numbers_stay_as_they_are(tmp_path, dtype):
    x = np.random.default_rng(3).integers(0, 2, (6, 5, 4), dtype=dtype)
    for x_test in (x[:3], np.zeros_like(x[:3]), x[:3] / 2):  # black images and fractions are on any scale
        np.savez(tmp_path / "mine.npz", **arrays(x_train=x, x_test=x_test))
        data = cc.load("mine", path=tmp_path / "mine.npz")
        np.testing.assert_array_equal(data.x_train[..., 0], x)
        np.testing.assert_array_equal(data.x_test[..., 0], x_test)


MEMBERS = [b"", b"0,1,2", b"\x80\x04K*.", b"\x93NUMPY\x01\x00v\x00{'shape': (9999999999999,)}", None]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", MEMBERS)
def test_a_member_that_is_no_array_is_named(tmp_path, name, content):
    path = tmp_path / "mine.npz"
    path.write_bytes(npz_bytes(**{key: value for key, value in arrays().items() if key != name}))
    with zipfile.ZipFile(path, "a") as archive:
        if content is not None:
            archive.writestr(f"{name}.npy", content)
    wanted = f"it has no {name}, but" if content is None else f"{name} is no array"
    with pytest.raises(ValueError, match=rf"mine\.npz could not be read .*{wanted}.*left as it is") as error:
        cc.load("mine", path=path)
    assert "allow_pickle" not in str(error.value)


anything = st.one_of(
    npst.arrays(npst.scalar_dtypes(), npst.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=3)),
    npst.arrays(npst.integer_dtypes(), (3,), elements=st.integers(0, 2)),
    npst.arrays(object, (3,), elements=st.one_of(st.none(), st.text())),
)


@given(st.dictionaries(st.sampled_from(NAMES), anything, min_size=1))
@settings(max_examples=150, deadline=None)
def test_whatever_lies_in_a_file_is_the_data_or_named(tmp_path_factory, changes):
    path = tmp_path_factory.mktemp("whatever") / "mine.npz"
    np.savez(path, **arrays(**changes))
    try:
        data = cc.load("mine", path=path)
    except ValueError as error:
        assert any(name in str(error) for name in changes) or "one scale" in str(error)  # noqa: PT017
    else:
        assert 0 <= data.x_train.min() <= data.x_train.max() <= 1


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip at all", npz_bytes(**arrays())[:-40], npz_bytes(x_train=np.zeros(3)), b"\x80\x04K*."],
    ids=["empty", "text", "truncated", "wrong keys", "pickle"],
)
def test_a_damaged_file_is_named_and_stays(tmp_path, content):
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    path.chmod(0o444)
    with pytest.raises(ValueError, match=r"mine\.npz could not be read as an \.npz.*left as it is") as error:
        cc.load("mnist", path=path)
    assert "pickle" not in str(error.value)  # NumPy would advise to load it unsafely
    assert path.read_bytes() == content


def test_a_single_array_is_no_data_set(tmp_path):
    np.save(tmp_path / "mine.npy", np.zeros((2, 4, 4)))
    with pytest.raises(ValueError, match="could not be read"):
        cc.load("mine", path=tmp_path / "mine.npy")


WHOLE_FILE = npz_bytes(**arrays())


@given(cut=st.integers(0, len(WHOLE_FILE) - 1), flip=st.integers(0, len(WHOLE_FILE) - 1))
@settings(max_examples=100, deadline=None)
def test_any_damage_gives_a_value_error_or_the_data(tmp_path_factory, cut, flip):
    path = tmp_path_factory.mktemp("damage") / "mine.npz"
    flipped = bytearray(WHOLE_FILE)
    flipped[flip] ^= 0xFF
    for content in (WHOLE_FILE[:cut], bytes(flipped)):
        path.write_bytes(content)
        with contextlib.suppress(ValueError):
            data = cc.load("mine", path=path)
            np.testing.assert_array_equal(data.x_train, arrays()["x_train"] / np.float32(255))
        assert path.read_bytes() == content


# -- through Keras ----------------------------------------------------------------------------------


@pytest.fixture(name="cache")
def fixture_cache(tmp_path, monkeypatch):
    """An empty Keras cache."""
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    (tmp_path / "datasets" / "fashion-mnist").mkdir(parents=True)
    return tmp_path / "datasets"


@pytest.fixture(name="no_network")
def fixture_no_network(monkeypatch):
    """A machine without a network; gives the addresses that were asked for."""
    asked = []

    def refuse(host, *_, **__):
        asked.append(host)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for proxy in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.upper(), raising=False)
    return asked


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_without_a_network_one_sentence_names_the_way_out(name, cache, no_network):
    with pytest.raises(ConnectionError) as caught:
        cc.load(name)
    message = str(caught.value)
    assert message.startswith(f"{name!r} is not in Keras' cache and could not be downloaded")
    assert "load('digits')" in message
    assert "path=" in message
    assert "\n" not in message
    assert caught.value.__suppress_context__
    assert no_network


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_a_file_that_keras_would_replace_stays(name, cache, no_network):
    (file,) = datasets._KERAS_FILES[name]
    (cache / file).write_bytes(b"my only copy")
    with pytest.raises(ValueError, match=rf"is not the file that Keras expects for '{name}'.*left as it is"):
        cc.load(name)
    assert (cache / file).read_bytes() == b"my only copy"
    assert not no_network


def test_a_damaged_fashion_mnist_stays(cache, no_network):
    for file in datasets._KERAS_FILES["fashion_mnist"]:
        (cache / file).write_bytes(gzip.compress(bytes(100))[:-9])
    with pytest.raises(ValueError, match=r"'fashion_mnist' in .* is damaged .*left as it is"):
        cc.load("fashion_mnist")
    assert all((cache / file).stat().st_size for file in datasets._KERAS_FILES["fashion_mnist"])
    assert not no_network


def idx(values, header):
    return gzip.compress(bytes(header) + values.astype("uint8").tobytes())


def test_fashion_mnist_is_downloaded_into_the_cache_and_read_again(cache, monkeypatch):
    rng = np.random.default_rng(2)
    made = {
        "train-labels": idx(np.arange(20) % 10, 8),
        "train-images": idx(rng.integers(0, 256, (20, 28, 28)), 16),
        "t10k-labels": idx(np.arange(10), 8),
        "t10k-images": idx(rng.integers(0, 256, (10, 28, 28)), 16),
    }
    timeouts = []

    def download(url, target, *_):
        timeouts.append(socket.getdefaulttimeout())
        part = next(part for part in made if part in url)
        with open(target, "wb") as file:
            file.write(made[part])

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", download)
    first, again = cc.load("fashion_mnist"), cc.load("fashion_mnist")
    assert first.x_train.shape == (20, 28, 28, 1)
    assert first.class_names[9] == "ankle boot"
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert timeouts == [10] * 4  # downloaded once, and never waiting for long
    assert socket.getdefaulttimeout() is None


def test_an_interrupted_download_is_a_failed_one(cache, monkeypatch):
    def break_off(url, target, *_):
        with open(target, "wb") as file:
            file.write(b"half")
        raise urllib.error.ContentTooShortError("got only half", None)

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", break_off)
    with pytest.raises(ConnectionError, match="could not be downloaded"):
        cc.load("mnist")
    assert not list(cache.glob("*.npz"))


def test_mnist_is_read_from_the_cache(cache, no_network, monkeypatch):
    held = arrays(1)
    for name in ("x_train", "x_test"):
        held[name] = held[name][..., 0]
    np.savez(cache / "mnist.npz", **held)
    monkeypatch.setattr("keras.src.utils.file_utils.validate_file", lambda *_, **__: True)
    monkeypatch.setattr(datasets, "_sha256", lambda _: datasets._KERAS_FILES["mnist"]["mnist.npz"])
    data = cc.load("mnist")
    assert data.x_train.shape == (6, 5, 4, 1)
    assert data.source.endswith("CC BY-SA 3.0")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_this_keras_expects_the_files_that_are_guarded(name):
    source = inspect.getsource(getattr(keras.datasets, name).load_data)
    for file, digest in datasets._KERAS_FILES[name].items():
        assert file.split("/")[-1].removesuffix("_archive") in source
        assert (digest or "get_file") in source
        assert ("file_hash" in source) == (digest is not None)


def test_an_unwritable_home_moves_the_cache_as_in_keras(monkeypatch, tmp_path):
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path / "missing"))
    assert datasets._cache().parts[-2:] == (".keras", "datasets")


# -- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cc.load("imagenet"), "name must be one of 'digits', 'shapes', 'mnist'.*'imagenet'"),
        (lambda: cc.load(None), "name must be one of .*name=None"),
        (lambda: cc.load(["digits"]), "name must be one of"),
        (lambda: cc.load(["digits"], path=__file__), "name must be one of.*or give path="),
        (lambda: cc.load("mine", path="~nobody-of-this-name/mine.npz"), "path must be an existing .npz file"),
        (lambda: cc.load("digits", size=7), "size must be a whole number of at least 8.*7"),
        (lambda: cc.load("digits", size=28.0), r"size must be a whole number of at least 8.*28\.0"),
        (lambda: cc.load("mnist", size=32), r"size is for load\('digits'\) only.*32"),
        (lambda: cc.load("mnist", path="no/such.npz"), r"path must be an existing \.npz file.*no/such\.npz"),
        (lambda: cc.load("mnist", path="."), r"path must be an existing \.npz file"),
        (lambda: cc.load("mnist", path=3), r"path must be an existing \.npz file.*3"),
        (lambda: cc.photograph("cat"), "name must be 'china' or 'flower'.*'cat'"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_data_set_is_shown_in_the_language_in_force():
    images, labels = np.zeros((12_000, 8, 8, 1), "float32"), np.zeros(12_000, "int64")
    data = cc.Dataset(images, labels, images[:500], labels[:500], ("zero", "one"), "drawn")
    assert repr(data) == "12.000 Trainings- und 500 Testbilder der Größe 8 × 8 × 1, 2 Klassen\nQuelle: drawn"
    cc.use_language("en")
    assert repr(data) == "12,000 training and 500 test images of 8 × 8 × 1, 2 classes\nSource: drawn"

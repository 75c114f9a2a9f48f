"""The error tree: complete, documented, and free of values."""

import inspect
import re
from collections.abc import Iterator

import pytest

from tallystick import errors


def tree(root: type[errors.Error] = errors.Error) -> Iterator[type[errors.Error]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize("error", list(tree()), ids=lambda error: error.__name__)
def test_every_class_says_what_it_means_to_a_user(error: type[errors.Error]) -> None:
    text = error.__dict__.get("__doc__")
    assert text is not None
    assert re.match(r"[A-Z].*\.\Z", inspect.cleandoc(text)), "the docstring is the text a user sees: one sentence"


@pytest.mark.parametrize("error", list(tree()), ids=lambda error: error.__name__)
def test_every_class_lives_in_the_tree_of_the_module_docstring(error: type[errors.Error]) -> None:
    assert error.__module__ == "tallystick.errors"
    assert re.search(rf"\b{error.__name__}\b", errors.__doc__ or "")


@pytest.mark.parametrize("error", list(tree()), ids=lambda error: error.__name__)
def test_message_and_hint_are_kept_apart(error: type[errors.Error]) -> None:
    raised = error("register r1 is unknown", hint="list them with `tallystick register list`")
    assert str(raised) == "register r1 is unknown"
    assert raised.hint == "list them with `tallystick register list`"
    assert error("gone").hint == ""


def test_a_refusal_is_not_an_input_error() -> None:
    branches = errors.Error.__subclasses__()
    assert {branch.__name__ for branch in branches} >= {"InputError", "RefusedError", "UnavailableError", "IntegrityError"}
    for error in tree():
        assert sum(issubclass(error, branch) for branch in branches) == (error is not errors.Error)

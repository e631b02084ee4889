"""Every examination is run: one that stands in no table would find nothing."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from weightscope.source.live import doctor
from weightscope.source.live.doctor.examined_layer import ExaminedLayer


def examinations() -> set[str]:
    """Returns the public functions of the folder that take an examined layer alone and yield findings."""
    names = set()
    for module in pkgutil.iter_modules(doctor.__path__):
        found = importlib.import_module(f"{doctor.__name__}.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            signature = inspect.signature(function)
            parameters = [parameter.annotation for parameter in signature.parameters.values()]
            if function.__module__ == found.__name__ and not name.startswith("_"):
                is_one = parameters == [ExaminedLayer.__name__] and signature.return_annotation == "Iterator[Finding]"
                names |= {name} if is_one else set()
    return names


def test_every_examination_stands_in_a_table() -> None:
    tables = (*doctor.FREE, *doctor.THOROUGH, *doctor.WITHOUT_VALUES)
    assert examinations() <= {examination.__name__ for examination in tables}
    assert len(examinations()) > 10

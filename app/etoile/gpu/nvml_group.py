"""Quantities of one card that are read together: the loop that costs something."""

from collections.abc import Sequence
from typing import Any

from etoile.gpu.nvml_library import ABSENT, GONE, Handle, Nvml
from etoile.gpu.nvml_sensors import Answer, Number, Quantity, Sensor, Values, fields_of, sensor

UNSUPPORTED_FOR_S = 300.0
"""How long a field that the card does not support is left alone."""


class CardGone(Exception):
    """The card answers nothing any more; its argument is NVML's error."""


class Group:
    """Where `junk_is_absent`, a card that reports junk is taken not to report the field."""

    def __init__(
        self, quantities: Sequence[Quantity], nvml: Nvml, handle: Handle, *, junk_is_absent: bool = False
    ) -> None:
        self._quantities = quantities
        self._junk_is_absent = junk_is_absent
        self._sensors = [bound for quantity in quantities if (bound := sensor(quantity, nvml, handle))]
        self._plan: list[Sensor] = []
        self._numbers: list[tuple[Any, ...]] = []
        self._answers: list[tuple[Any, ...]] = []
        self._set_plan(self._sensors)
        self._supported = {bound.quantity for bound in self._sensors}
        self._retry_s = float("inf")
        self.absent = self._absent()
        """Fields that the card does not report."""

    def read(self, values: Values, at_s: float) -> tuple[str, ...]:
        """Put what the card reports into `values`, and return the fields that failed or are junk.  Raises CardGone."""
        if at_s >= self._retry_s:
            self._try_all_again()
        unknown: tuple[str, ...] = ()
        for call, out, field, lowest, highest, one in self._numbers:
            if (code := call()) or not lowest <= (value := out.value) <= highest:
                unknown += self._failed(one, code, values, at_s)
            else:
                values[field] = value
        for call, store, one in self._answers:
            if (code := call()) or store(values):
                unknown += self._failed(one, code, values, at_s)
        return unknown

    def fields(self) -> tuple[str, ...]:
        """Return the fields that are read."""
        return fields_of(one.quantity for one in self._plan)

    def _set_plan(self, sensors: Sequence[Sensor]) -> None:
        self._plan = list(sensors)
        # Flat, as the loops take them apart.  A loop that is under way goes on over the former list.
        self._numbers = [(*one.bound, one) for one in self._plan if isinstance(one.bound, Number)]
        self._answers = [(*one.bound, one) for one in self._plan if isinstance(one.bound, Answer)]

    def _failed(self, one: Sensor, code: int, values: Values, at_s: float) -> tuple[str, ...]:
        """Return the fields of a sensor that failed this once; one that the card does not have is left out from now."""
        if code in GONE:
            raise CardGone(code)
        junk = not code
        if code not in ABSENT and not (junk and self._junk_is_absent):
            return one.quantity.fields
        others = [other for other in self._plan if other is not one]
        if one.otherwise and not junk:
            self._set_plan([*others, one.otherwise])
            return self._try(one.otherwise, values, at_s)
        self._set_plan(others)
        self._supported.discard(one.quantity)
        self.absent = self._absent()
        self._retry_s = min(self._retry_s, at_s + UNSUPPORTED_FOR_S)
        return ()

    def _try(self, one: Sensor, values: Values, at_s: float) -> tuple[str, ...]:
        """Read a sensor outside the loop."""
        code = one.bound.call()
        if code or one.bound.store(values):
            return self._failed(one, code, values, at_s)
        return ()

    def _try_all_again(self) -> None:
        absent = set(self.absent)
        self._retry_s = float("inf")
        self._set_plan([*self._plan, *(one for one in self._sensors if absent & set(one.quantity.fields))])
        self._supported = {one.quantity for one in self._sensors}
        self.absent = self._absent()

    def _absent(self) -> tuple[str, ...]:
        return fields_of(quantity for quantity in self._quantities if quantity not in self._supported)

"""One card, read through NVML.

Field by field, because drivers and cards differ in what they report: a field that is not supported is None and asked
for again only now and then, a field that fails or is junk is None this once, and a card that is gone is lost while the
others go on.
"""

import logging
from collections.abc import Callable
from dataclasses import fields, replace

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu.nvml_group import CardGone, Group
from etoile.gpu.nvml_library import Handle, Nvml
from etoile.gpu.nvml_sensors import EACH_SAMPLE, LIMITS, NOW_AND_THEN, Values
from etoile.gpu.pci import PciCard

log = logging.getLogger(__name__)

LIMITS_EVERY_S = 60.0
"""How often what hardly ever changes is read again."""


class NvmlCard:
    """A card, as long as NVML stays open."""

    def __init__(
        self,
        identity: GpuReading,
        nvml: Nvml,
        handle: Handle,
        now_s: Callable[[], float],
        kernel: PciCard | None = None,
    ) -> None:
        self.identity = identity
        self.idle_since_s: float | None = None
        """Since when the card has had nothing to do; None while it works, or when it may not sleep."""
        self.calling_since_s: float | None = None
        """Since when a call for this card is out; None while none is."""
        self._now_s = now_s
        self._kernel = kernel if kernel and kernel.may_sleep else None
        self._kept: Values = {field.name: getattr(identity, field.name) for field in fields(identity)}
        """The fields of a reading, with what stays from sample to sample."""
        self._often = Group(EACH_SAMPLE, nvml, handle)
        self._seldom = Group(NOW_AND_THEN, nvml, handle)
        self._limits = Group(LIMITS, nvml, handle, junk_is_absent=True)
        self._limits_due_s = 0.0
        self._unknown_limits: tuple[str, ...] = ()
        self._absent: tuple[str, ...] = ()
        self._tell_absent()

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now."""
        if self._kernel and self._kernel.asleep():
            return replace(self.identity, state=GpuState.ASLEEP, at_s=self._now_s())
        self.calling_since_s = at_s = self._now_s()
        try:
            if with_processes:
                self._read_seldom(at_s)
            return GpuReading.of(self._values(at_s))
        except (CardGone, OSError) as error:  # OSError: what ctypes makes of an access violation on Windows
            log.debug("GPU %d: %r", self.identity.index, error)
            return replace(self.identity, state=GpuState.LOST, at_s=at_s)
        finally:
            self.calling_since_s = None

    def _values(self, at_s: float) -> Values:
        values = self._kept.copy()
        values["at_s"] = at_s
        unknown = self._often.read(values, at_s)
        if unknown or self._often.absent is not self._absent:
            self._tell_absent()
            self._tell_unknown(values, unknown)
        if self._kernel:
            self._watch_idleness(values)
        return values

    def _read_seldom(self, at_s: float) -> None:
        kept = self._kept
        if at_s >= self._limits_due_s:
            self._limits_due_s = at_s + LIMITS_EVERY_S
            kept.update(dict.fromkeys(self._limits.fields()))
            self._unknown_limits = self._limits.read(kept, at_s)
            self._tell_absent()
        kept["processes"] = ()
        kept["unknown"] = self._unknown_limits + self._seldom.read(kept, at_s)

    def _tell_absent(self) -> None:
        self._absent = self._often.absent
        self._kept["unsupported"] = self._absent + self._seldom.absent + self._limits.absent
        self._kept["state"] = GpuState.OK if self._often.fields() else GpuState.UNSUPPORTED

    def _tell_unknown(self, values: Values, unknown: tuple[str, ...]) -> None:
        values["unsupported"], values["state"] = self._kept["unsupported"], self._kept["state"]
        values["unknown"] += unknown
        if unknown and not set(self._often.fields()) - set(unknown):
            values["state"] = GpuState.UNKNOWN

    def _watch_idleness(self, values: Values) -> None:
        if values["utilization_percent"] or values["processes"]:
            self.idle_since_s = None
        elif self.idle_since_s is None:
            self.idle_since_s = values["at_s"]

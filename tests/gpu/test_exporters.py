"""Pages of exporters become readings."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from etoile.domain.gpus import GpuProcess, GpuReading, GpuState, Kind
from etoile.domain.nodes import NodeLoad
from etoile.gpu.exporters import PREFIXES, read_page
from etoile.gpu.prometheus import LONGEST_LINE_BYTES, MOST_SAMPLES, Sample, samples
from tests.gpu import pages

MIB = 2**20
AT_S = 100.0


def one(page: bytes) -> GpuReading:
    [reading] = read_page(page, "M1", AT_S).readings
    return reading


def test_dcgm_exporter() -> None:
    assert one(pages.dcgm()) == GpuReading(
        uuid=pages.T4,
        index=0,
        name="Tesla T4",
        host="M1",
        pci="00000000:37:00.0",
        temperature_c=71,
        utilization_percent=91,
        memory_used_bytes=5120 * MIB,
        memory_free_bytes=9791 * MIB,
        memory_total_bytes=(5120 + 9791 + 447) * MIB,
        power_w=69.123,
        clock_graphics_mhz=1590,
        clock_memory_mhz=5000,
        unsupported=(
            *("thermal_margin_c", "shutdown_c", "slowdown_c", "max_operating_c", "target_c"),
            *("power_limit_w", "fan_percent", "throttle", "processes"),
        ),
        unknown=("memory_temperature_c",),
        far=True,
        at_s=AT_S,
    )


def test_what_dcgm_exporter_tells_on_request() -> None:
    reading = one(
        pages.dcgm(
            told={
                "CLOCKS_EVENT_REASONS": 0x65,
                "FAN_SPEED": 30,
                "POWER_MGMT_LIMIT": 70,
                "SLOWDOWN_TEMP": 93,
                "GPU_TEMP_LIMIT": -2,
                "FB_TOTAL": 15360,
            }
        )
    )
    assert reading.throttle == ("sw_power_cap", "sw_thermal", "hw_thermal")
    assert (reading.fan_percent, reading.power_limit_w, reading.slowdown_c, reading.thermal_margin_c) == (
        30,
        70,
        93,
        -2,
    )
    assert reading.memory_total_bytes == 15360 * MIB


def test_a_card_cut_into_instances_is_one_card() -> None:
    reading = one(pages.dcgm_mig())
    assert (reading.index, reading.temperature_c, reading.power_w) == (2, 44, 214.5)
    assert reading.memory_used_bytes == 16010 * MIB, "of both, and each once"
    assert reading.memory_total_bytes == 29910 * MIB
    assert reading.field_state("utilization_percent") is GpuState.UNSUPPORTED, "it is the load of an instance"
    assert reading.mig == (f"MIG-{pages.A100}/3", f"MIG-{pages.A100}/5")


def test_nvidia_gpu_exporter() -> None:
    assert one(pages.nvidia_smi(told={"clocks_event_reasons_sw_thermal_slowdown": 1})) == GpuReading(
        uuid=pages.RTX_4080,
        index=0,
        name="NVIDIA GeForce RTX 4080 SUPER",
        host="M1",
        pci="00000000:01:00.0",
        temperature_c=46,
        utilization_percent=7,
        memory_used_bytes=1545601024,
        memory_free_bytes=15172894720,
        memory_total_bytes=17171480576,
        power_w=84.24,
        power_limit_w=320.0,
        fan_percent=0,
        clock_graphics_mhz=2805,
        clock_memory_mhz=11251,
        throttle=("sw_thermal",),
        processes=(
            GpuProcess(pid=2165, name="ollama", memory_used_bytes=26214400),
            GpuProcess(pid=5021, name="game.exe"),
        ),
        unsupported=(
            *("memory_temperature_c", "thermal_margin_c", "shutdown_c", "slowdown_c", "max_operating_c", "target_c"),
        ),
        far=True,
        at_s=AT_S,
    )


def test_former_names_of_the_throttle_reasons() -> None:
    page = pages.nvidia_smi(told={"clocks_event_reasons_sw_power_cap": 1})
    assert one(page.replace(b"clocks_event_reasons", b"clocks_throttle_reasons")).throttle == ("sw_power_cap",)


def test_both_exporters_mean_the_same_card() -> None:
    smi = pages.nvidia_smi(pages.T4.replace("GPU-6d5c0ac5", "GPU-6D5C0AC5"))
    assert one(smi).uuid == one(pages.dcgm()).uuid


@pytest.mark.parametrize("junk", [pages.SENTINEL, "9.223372036854776e+18", "2147483632", "NaN", "+Inf", "-Inf", "-1"])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("GPU_TEMP", "temperature_c"),
        ("MEMORY_TEMP", "memory_temperature_c"),
        ("GPU_UTIL", "utilization_percent"),
        ("POWER_USAGE", "power_w"),
        ("FB_USED", "memory_used_bytes"),
        ("FB_USED", "memory_total_bytes"),
        ("FAN_SPEED", "fan_percent"),
        ("SM_CLOCK", "clock_graphics_mhz"),
    ],
)
def test_what_stands_for_nothing_is_nothing(name: str, field: str, junk: str) -> None:
    reading = one(pages.dcgm(told={name: junk}))
    assert (getattr(reading, field), reading.field_state(field)) == (None, GpuState.UNKNOWN)
    assert reading.memory_free_bytes == 9791 * MIB


def test_node_exporter_tells_of_the_processor() -> None:
    reading = one(pages.NODE)
    assert (reading.kind, reading.uuid, reading.temperature_c) == (Kind.PROCESSOR, "CPU-M1", 61), "the hotter of two"
    assert reading.far
    assert "utilization_percent" in reading.unsupported


def test_node_exporter_tells_of_amd_cards() -> None:
    reading = one(pages.NODE_AMD)
    assert (reading.kind, reading.uuid, reading.pci) == (Kind.GPU, "AMD-M1-00000000:2d:00.0", "00000000:2d:00.0")
    assert (reading.temperature_c, reading.memory_temperature_c, reading.slowdown_c) == (71, 84, 100)
    assert (reading.power_w, reading.fan_percent, reading.clock_graphics_mhz) == (203, 40, 2414)
    assert reading.field_state("memory_used_bytes") is GpuState.UNSUPPORTED


def test_sensors_of_anything_else_are_no_processor() -> None:
    page = b'node_hwmon_chip_names{chip="a",chip_name="nvme"} 1\nnode_hwmon_temp_celsius{chip="a",sensor="temp1"} 50\n'
    assert read_page(page, "M1", AT_S).readings == ()


def test_a_gpu_comes_before_the_processor() -> None:
    assert one(pages.NODE + pages.dcgm()).uuid == pages.T4


@pytest.mark.parametrize(
    ("page", "load"),
    [
        (pages.VLLM, NodeLoad(running=5, waiting=7, kv_cache_percent=82)),
        (pages.VLLM.replace(b"vllm:", b"vllm_"), NodeLoad(running=5, waiting=7, kv_cache_percent=82)),
        (pages.VLLM.replace(b"kv_cache", b"gpu_cache"), NodeLoad(running=5, waiting=7, kv_cache_percent=82)),
        (b'vllm:num_requests_waiting_by_reason{reason="a"} 2\n', NodeLoad(waiting=2)),
        (b"vllm:kv_cache_usage_perc NaN\nvllm:num_requests_running 1\n", NodeLoad(running=1)),
        (pages.LLAMA_CPP, NodeLoad(running=2, waiting=1)),
        (
            pages.LLAMA_CPP + b"llamacpp:kv_cache_usage_ratio 0.49\n",
            NodeLoad(running=2, waiting=1, kv_cache_percent=49),
        ),
        (pages.dcgm(), None),
        (b"llamacpp:requests_processing -1\n", None),
    ],
)
def test_how_busy_a_server_is(page: bytes, load: NodeLoad | None) -> None:
    assert read_page(page, "M1", AT_S).load == load


def test_the_exporter_tells_when_it_measured_and_whether() -> None:
    page = read_page(pages.nvidia_smi(collected=1.751475457e09), "M1", AT_S)
    assert (page.measured, page.failing) == (1.751475457e09, False)
    assert read_page(pages.nvidia_smi(success=0), "M1", AT_S).failing


def test_a_line_that_is_no_sample_costs_no_other() -> None:
    page = b'DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-b"\nDCGM_FI_DEV_GPU_TEMP one\n\xff\xfe\n  ' + pages.dcgm()
    assert one(page + b'DCGM_FI_DEV_GPU_TEMP{UUID="' + b"a" * LONGEST_LINE_BYTES + b'"} 5').temperature_c == 71


def test_only_so_many_samples_are_taken() -> None:
    page = b"".join(b'DCGM_FI_DEV_GPU_TEMP{UUID="%d"} 50\n' % number for number in range(MOST_SAMPLES + 100))
    assert len(samples(page, PREFIXES)) == MOST_SAMPLES


def test_a_time_behind_the_value_is_not_the_value() -> None:
    assert samples(b'a{b="c"} 4 1751475457000\n', ("a",)) == [Sample("a", {"b": "c"}, 4.0)]


@given(
    some.binary(max_size=300),
    some.sampled_from([b"DCGM_FI_DEV_GPU_TEMP", b"nvidia_smi_gpu_info", b"node_hwmon_temp", b"vllm:x"]),
)
def test_no_page_is_too_strange(junk: bytes, name: bytes) -> None:
    page = read_page(name + junk + b"\n" + name + b"{" + junk + pages.dcgm(), "M1", AT_S)
    assert all(isinstance(reading, GpuReading) for reading in page.readings)


@given(
    some.sampled_from(
        ["DCGM_FI_DEV_GPU_TEMP", "nvidia_smi_compute_app_info", "node_hwmon_chip_names", "node_hwmon_pwm"]
    ),
    some.dictionaries(
        some.sampled_from(["UUID", "uuid", "gpu", "chip", "pid", "sensor", "GPU_I_ID"]), some.text(max_size=9)
    ),
    some.floats(),
)
def test_no_label_is_too_strange(name: str, labels: dict[str, str], value: float) -> None:
    escaped = {key: text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for key, text in labels.items()}
    inside = ",".join(f'{key}="{text}"' for key, text in escaped.items())
    read_page(f"{name}{{{inside}}} {value}\n".encode(), "M1", AT_S)

"""Pages as exporters serve them, after published ones of real machines."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

A100, T4 = "GPU-34319582-d595-d1c7-d1d2-179bcfa61660", "GPU-6d5c0ac5-74d7-3130-46f1-e93ed57f469a"
SECOND_T4 = "GPU-7e6d0ac5-74d7-3130-46f1-e93ed57f469b"
RTX_4080 = "GPU-8f2b7c6d-54a1-4b0e-9d3c-0a1b2c3d4e5f"
SENTINEL = "9223372036854775794"

_T4 = """\
SM_CLOCK 1590
MEM_CLOCK 5000
MEMORY_TEMP 0
GPU_TEMP 71
POWER_USAGE 69.123
GPU_UTIL 91
MEM_COPY_UTIL 73
XID_ERRORS 0
FB_FREE 9791
FB_USED 5120
FB_RESERVED 447
"""

_RTX_4080 = """\
temperature_gpu 46
utilization_gpu_ratio 0.07
fan_speed_ratio 0
power_draw_watts 84.24
power_limit_watts 320
enforced_power_limit_watts 320
memory_used_bytes 1.545601024e+09
memory_free_bytes 1.517289472e+10
memory_total_bytes 1.7171480576e+10
memory_reserved_bytes 4.55081984e+08
clocks_current_graphics_clock_hz 2.805e+09
clocks_current_memory_clock_hz 1.1251e+10
clocks_event_reasons_gpu_idle 0
clocks_event_reasons_sw_power_cap 0
clocks_event_reasons_sw_thermal_slowdown 0
clocks_event_reasons_hw_slowdown 0
name 4080
index 0
compute_apps 2
"""

_APPS = """\
nvidia_smi_gpu_info{compute_cap="8.9",index="INDEX",name="NVIDIA GeForce RTX 4080 SUPER",pci_bus_id="00000000:01:00.0",\
serial="[N/A]",uuid="BARE"} 1
nvidia_smi_compute_app_info{pid="2165",process_name="/usr/bin/ollama",uuid="BARE"} 1
nvidia_smi_compute_app_info{pid="5021",process_name="C:\\\\Games\\\\game.exe",uuid="BARE"} 1
nvidia_smi_compute_app_used_memory_bytes{pid="2165",process_name="/usr/bin/ollama",uuid="BARE"} 2.62144e+07
# TYPE nvidia_smi_command_exit_code gauge
nvidia_smi_command_exit_code 0
nvidia_smi_failed_scrapes_total 0
go_goroutines 9
"""


def dcgm(uuid: str = T4, *, index: int = 0, told: Mapping[str, object] = MappingProxyType({})) -> bytes:
    """Return the page of a Tesla T4, with other values for what is named ("GPU_TEMP")."""
    labels = (
        f'gpu="{index}",UUID="{uuid}",pci_bus_id="00000000:37:00.0",device="nvidia{index}",modelName="Tesla T4",'
        'Hostname="cp-bm14r7",DCGM_FI_DRIVER_VERSION="590.48.01"'
    )
    values = _told(_T4, told)
    return _page(
        f"# HELP {name} In some unit.\n# TYPE {name} gauge\n{name}{{{labels}}} {value}"
        for name, value in ((f"DCGM_FI_DEV_{name}", value) for name, value in values.items())
    )


def dcgm_mig() -> bytes:
    """Return the page of an A100 that is cut in two, one part of which two containers share."""
    lines = []
    for part, profile, pod, used, free in (
        ("3", "3g.20gb", "serve-a", 16000, 4000),
        ("3", "3g.20gb", "serve-b", 16000, 4000),
        ("5", "2g.10gb", "", 10, 9900),
    ):
        labels = (
            f'gpu="2",UUID="{A100}",device="nvidia2",modelName="NVIDIA A100-SXM4-40GB",GPU_I_PROFILE="{profile}",'
            f'GPU_I_ID="{part}",Hostname="ub20",pod="{pod}"'
        )
        told = {"GPU_TEMP": 44, "POWER_USAGE": 214.5, "GPU_UTIL": 17, "FB_USED": used, "FB_FREE": free}
        lines += [f"DCGM_FI_DEV_{name}{{{labels}}} {value}" for name, value in told.items()]
    return _page(lines)


def nvidia_smi(
    uuid: str = RTX_4080,
    *,
    index: int = 0,
    success: int = 1,
    collected: float | None = None,
    told: Mapping[str, object] = MappingProxyType({}),
) -> bytes:
    """Return the page of nvidia_gpu_exporter about an RTX 4080 Super, with other values for what is named."""
    bare = uuid.removeprefix("GPU-")
    values = _told(_RTX_4080, {"index": index, **told})
    lines = [f'nvidia_smi_{name}{{uuid="{bare}"}} {value}' for name, value in values.items()]
    lines.append(f"nvidia_smi_last_collect_success {success}")
    if collected is not None:
        lines.append(f"nvidia_smi_last_collect_success_timestamp_seconds {collected}")
    return _page(lines) + _APPS.replace("BARE", bare).replace("INDEX", str(index)).encode()


def _told(usual: str, other: Mapping[str, object]) -> dict[str, object]:
    return {**dict(line.split() for line in usual.splitlines()), **other}


def _page(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


NODE = b"""\
# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 10870.69
# HELP node_hwmon_chip_names Annotation metric for human-readable chip names
# TYPE node_hwmon_chip_names gauge
node_hwmon_chip_names{chip="nvme_nvme0",chip_name="nvme"} 1
node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"} 1
node_hwmon_chip_names{chip="platform_coretemp_1",chip_name="coretemp"} 1
node_hwmon_chip_names{chip="thermal_thermal_zone0",chip_name="acpitz"} 1
# HELP node_hwmon_sensor_label Label for given chip and sensor
# TYPE node_hwmon_sensor_label gauge
node_hwmon_sensor_label{chip="platform_coretemp_0",label="core_0",sensor="temp2"} 1
node_hwmon_sensor_label{chip="platform_coretemp_0",label="package_id_0",sensor="temp1"} 1
node_hwmon_sensor_label{chip="platform_coretemp_1",label="package_id_1",sensor="temp1"} 1
# HELP node_hwmon_temp_celsius Hardware monitor for temperature (input)
# TYPE node_hwmon_temp_celsius gauge
node_hwmon_temp_celsius{chip="nvme_nvme0",sensor="temp1"} 76.85
node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 55
node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp2"} 63
node_hwmon_temp_celsius{chip="platform_coretemp_1",sensor="temp1"} 61
node_hwmon_temp_celsius{chip="thermal_thermal_zone0",sensor="temp0"} 88
"""
"""node_exporter on a machine with two processors and no GPU that it knows."""

NODE_AMD = b"""\
node_hwmon_chip_names{chip="0000:00:03_1_0000:2d:00_0",chip_name="amdgpu"} 1
node_hwmon_chip_names{chip="pci0000:00_0000:00:18_3",chip_name="k10temp"} 1
node_hwmon_sensor_label{chip="0000:00:03_1_0000:2d:00_0",label="PPT",sensor="power1"} 1
node_hwmon_sensor_label{chip="0000:00:03_1_0000:2d:00_0",label="edge",sensor="temp1"} 1
node_hwmon_sensor_label{chip="0000:00:03_1_0000:2d:00_0",label="junction",sensor="temp2"} 1
node_hwmon_sensor_label{chip="0000:00:03_1_0000:2d:00_0",label="mem",sensor="temp3"} 1
node_hwmon_sensor_label{chip="pci0000:00_0000:00:18_3",label="Tctl",sensor="temp1"} 1
node_hwmon_freq_freq_mhz{chip="0000:00:03_1_0000:2d:00_0",sensor="mclk"} 1000
node_hwmon_freq_freq_mhz{chip="0000:00:03_1_0000:2d:00_0",sensor="sclk"} 2414
node_hwmon_power_average_watt{chip="0000:00:03_1_0000:2d:00_0",sensor="power1"} 203
node_hwmon_pwm{chip="0000:00:03_1_0000:2d:00_0",sensor="pwm1"} 102
node_hwmon_temp_celsius{chip="0000:00:03_1_0000:2d:00_0",sensor="temp1"} 71
node_hwmon_temp_celsius{chip="0000:00:03_1_0000:2d:00_0",sensor="temp2"} 89
node_hwmon_temp_celsius{chip="0000:00:03_1_0000:2d:00_0",sensor="temp3"} 84
node_hwmon_temp_crit_celsius{chip="0000:00:03_1_0000:2d:00_0",sensor="temp1"} 100
node_hwmon_temp_celsius{chip="pci0000:00_0000:00:18_3",sensor="temp1"} 66.5
"""
"""node_exporter on a machine with an AMD card."""

VLLM = b"""\
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="Qwen/Qwen3-32B"} 3.0
vllm:num_requests_running{engine="1",model_name="Qwen/Qwen3-32B"} 2.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="Qwen/Qwen3-32B"} 7.0
vllm:num_requests_waiting{engine="1",model_name="Qwen/Qwen3-32B"} 0.0
# TYPE vllm:num_requests_waiting_by_reason gauge
vllm:num_requests_waiting_by_reason{engine="0",model_name="Qwen/Qwen3-32B",reason="capacity"} 7.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="Qwen/Qwen3-32B",reason="deferred"} 0.0
# HELP vllm:kv_cache_usage_perc KV-cache usage. 1 means 100 percent usage.
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="Qwen/Qwen3-32B"} 0.8241
vllm:kv_cache_usage_perc{engine="1",model_name="Qwen/Qwen3-32B"} 0.11
# TYPE vllm:prompt_tokens counter
vllm:prompt_tokens_total{engine="0",model_name="Qwen/Qwen3-32B"} 83120.0
vllm:cache_config_info{block_size="16",note="a \\"quoted\\" value"} 1.0
"""

LLAMA_CPP = b"""\
# HELP llamacpp:prompt_tokens_total Number of prompt tokens processed.
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total 12345
# HELP llamacpp:requests_processing Number of requests processing.
# TYPE llamacpp:requests_processing gauge
llamacpp:requests_processing 2
# HELP llamacpp:requests_deferred Number of requests deferred.
# TYPE llamacpp:requests_deferred gauge
llamacpp:requests_deferred 1
"""

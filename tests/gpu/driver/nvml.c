/* A simulated NVIDIA driver: answers the NVML calls that pynvml and its users make, as a control file beside it says.
 *
 * The file `control` lies in the folder of this library and is read again whenever it was replaced.  Its lines, of which
 * the last that fits counts; the card may be `*`, and a name may be that of a value or of a function:
 *
 *   set 1 temperature 83            GPU 1 reports 83; a value may follow the time: `sine 40 90 60` (low, high, seconds),
 *                                   `square 40 90 60`, `ramp 40 90 60`; `set * clock_ms 5000` holds that time
 *   text 1 name NVIDIA RTX 3080     GPU 1 has this name (also: uuid, pci); without a text after it, none
 *   error 1 temperature 3           GPU 1 answers error 3 for it; `error 1 * 15` a lost card; `error * init 9`
 *   hang 1 temperature 0            calls for it do not return while this line stands
 *   slow 1 * 50                     each call takes 50 ms
 *   set * count 2                   that many cards (6 unless told, 64 at most)
 *   set * generation 1              another number is a reload of the driver: until Shutdown and Init, handles answer 15
 *   set * lock 1                    one lock for all calls of the process
 *   set * log 1                     each call is written to the file `calls`, with its card (-1 for none)
 *   steady * * 0                    this file is not read again: for measurements
 *
 * With -DOLD_DRIVER the calls that came with version 3 of the process list, version 2 of memory, event reasons, margins
 * and core counts are missing.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "control.h"

enum { OK = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7, LOST = 15 };
enum { MOST = 64 };

#ifndef PROCESS
#define PROCESS 0 /* the number of a process on each card, unless the control file tells another */
#endif

typedef unsigned long long Bytes;

static long long opened_generation = UNSET;

static long long generation(void) { return told("set", ANY, "generation", NULL, 0); }
static int count(void) {
    int cards = (int)told("set", ANY, "count", NULL, 6);
    return cards < MOST ? cards : MOST;
}

/* A handle holds the generation, the MIG instance (0 for the card itself) and the index (from 1). */
static void *handle_of(int gpu, int instance) {
    return (void *)((uintptr_t)generation() << 16 | (uintptr_t)instance << 8 | (uintptr_t)(gpu + 1));
}
static int index_of(void *handle) { return (int)((uintptr_t)handle & 0xff) - 1; }
static int instance_of(void *handle) { return (int)((uintptr_t)handle >> 8 & 0xff); }

/* What every call does first. */
static int enter_driver(const char *name, const char *function) {
    take_time(ANY, name, function);
    return (int)told("error", ANY, name, function, OK);
}

/* What every call about a card does first. */
static int enter(void *handle, const char *name, const char *function) {
    int gpu = index_of(handle);
    take_time(gpu, name, function);
    if (opened_generation == UNSET) return UNINITIALIZED;
    if ((long long)((uintptr_t)handle >> 16) != generation() || opened_generation != generation()) return LOST;
    return (int)told("error", gpu, name, function, gpu < count() ? OK : LOST);
}

#define VALUE(handle, name, otherwise) told("set", index_of(handle), name, NULL, otherwise)
#define ENTER(handle, name) do { int error = enter(handle, name, __func__); if (error) return error; } while (0)
#define REPORTS(call, type, name, otherwise) \
    int call(void *handle, type *out) { ENTER(handle, name); *out = (type)VALUE(handle, name, otherwise); return OK; }

/* The driver as a whole. */

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    int error = enter_driver("init", __func__);
    if (!error) opened_generation = generation();
    return error;
}

int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }

int nvmlShutdown(void) {
    take_time(ANY, "shutdown", __func__);
    if (opened_generation == UNSET) return UNINITIALIZED;
    opened_generation = UNSET;
    return OK;
}

const char *nvmlErrorString(int code) { (void)code; return "an error of the simulated driver"; }

int nvmlSystemGetDriverVersion(char *out, unsigned size) { snprintf(out, size, "610.57"); return OK; }
int nvmlSystemGetNVMLVersion(char *out, unsigned size) { snprintf(out, size, "13.610.57"); return OK; }
int nvmlSystemGetCudaDriverVersion(int *out) { *out = 13010; return OK; }

int nvmlDeviceGetCount_v2(unsigned *out) {
    int error = enter_driver("count", __func__);
    if (opened_generation == UNSET) return UNINITIALIZED;
    *out = (unsigned)count();
    return error;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    if ((int)index >= count()) return INVALID_ARGUMENT;
    *handle = handle_of((int)index, 0);
    return enter(*handle, "handle", __func__);
}

/* Which card it is. */

static int tell(void *handle, const char *name, char *out, unsigned size, const char *otherwise) {
    const char *text = told_text(index_of(handle), name);
    snprintf(out, size, "%s", text ? text : otherwise);
    return OK;
}

int nvmlDeviceGetName(void *handle, char *out, unsigned size) {
    ENTER(handle, "name");
    char name[32];
    snprintf(name, sizeof name, "Simulated GPU %d", index_of(handle));
    return tell(handle, "name", out, size, name);
}

int nvmlDeviceGetUUID(void *handle, char *out, unsigned size) {
    ENTER(handle, "uuid");
    char uuid[48];
    int instance = instance_of(handle);
    if (instance) return snprintf(out, size, "MIG-%d-%d", index_of(handle) + 1, instance), OK;
    snprintf(uuid, sizeof uuid, "GPU-%08x-0000-4000-8000-000000000000", 0x51300000 + index_of(handle));
    return tell(handle, "uuid", out, size, uuid);
}

typedef struct {
    char legacy[16];
    unsigned domain, bus, device, device_id, subsystem_id;
    char bus_id[32];
} Pci;

/* The bus counts down, so that the order of the driver is not the order of the bus. */
int nvmlDeviceGetPciInfo_v3(void *handle, Pci *out) {
    ENTER(handle, "pci");
    char address[32];
    memset(out, 0, sizeof *out);
    snprintf(address, sizeof address, "00000000:%02X:00.0", 0xF0 - index_of(handle));
    tell(handle, "pci", out->bus_id, sizeof out->bus_id, address);
    if (sscanf(out->bus_id, "%x:%x:%x", &out->domain, &out->bus, &out->device) == 3)
        snprintf(out->legacy, sizeof out->legacy, "%04x:%02x:%02x.0", out->domain & 0xffff, out->bus & 0xff,
                 out->device & 0x1f);
    return OK;
}

REPORTS(nvmlDeviceGetMinorNumber, unsigned, "minor", index_of(handle))

int nvmlDeviceGetIndex(void *handle, unsigned *out) {
    ENTER(handle, "index");
    *out = (unsigned)index_of(handle);
    return OK;
}

int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) {
    ENTER(handle, "capability");
    long long value = VALUE(handle, "capability", 75);
    *major = (int)value / 10, *minor = (int)value % 10;
    return OK;
}

/* MIG: `set 0 mig 2` is a card with two instances. */

int nvmlDeviceGetMigMode(void *handle, unsigned *current, unsigned *pending) {
    ENTER(handle, "mig");
    long long instances = VALUE(handle, "mig", UNSET);
    if (instances == UNSET) return NOT_SUPPORTED;
    *current = *pending = instances > 0;
    return OK;
}

int nvmlDeviceGetMaxMigDeviceCount(void *handle, unsigned *out) {
    ENTER(handle, "mig");
    *out = 7;
    return OK;
}

int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, unsigned index, void **out) {
    ENTER(handle, "mig");
    if ((long long)index >= VALUE(handle, "mig", 0)) return NOT_FOUND;
    *out = handle_of(index_of(handle), (int)index + 1);
    return OK;
}

REPORTS(nvmlDeviceIsMigDeviceHandle, unsigned, "is_mig", instance_of(handle) > 0)

/* Heat. */

int nvmlDeviceGetTemperature(void *handle, int sensor, unsigned *out) {
    (void)sensor;
    ENTER(handle, "temperature");
    *out = (unsigned)VALUE(handle, "temperature", 40);
    return OK;
}

/* The limits of an RTX 2080 Super; on a card with T.Limit they are margins (`set 0 shutdown -8`), and `margin` is told. */
int nvmlDeviceGetTemperatureThreshold(void *handle, int threshold, unsigned *out) {
    static const char *names[] = {"shutdown", "slowdown", "memory_limit", "max_operating", "", "target"};
    static const long long usual[] = {100, 97, UNSET, 89, UNSET, 84};
    if (threshold < 0 || threshold > 5) return INVALID_ARGUMENT;
    ENTER(handle, names[threshold]);
    long long value = VALUE(handle, names[threshold], usual[threshold]);
    if (value == UNSET) return NOT_SUPPORTED;
    *out = (unsigned)value;
    return OK;
}

typedef struct {
    unsigned field, scope;
    long long timestamp, latency_us;
    unsigned kind, code;
    union { unsigned number; unsigned long long wide; } value;
} FieldValue;

int nvmlDeviceGetFieldValues(void *handle, int size, FieldValue *out) {
    ENTER(handle, "fields");
    for (FieldValue *one = out; one < out + size; one++) {
        long long value = one->field == 82 ? VALUE(handle, "memory_temperature", UNSET) : UNSET;
        one->code = value == UNSET ? NOT_SUPPORTED : OK;
        one->kind = 1;
        one->value.wide = value == UNSET ? 0 : (unsigned)value;
    }
    return OK;
}

/* Work. */

typedef struct { unsigned gpu, memory; } Utilization;

int nvmlDeviceGetUtilizationRates(void *handle, Utilization *out) {
    ENTER(handle, "utilization");
    out->gpu = (unsigned)VALUE(handle, "utilization", 10);
    out->memory = 0;
    return OK;
}

REPORTS(nvmlDeviceGetPowerUsage, unsigned, "power", 60000)
REPORTS(nvmlDeviceGetEnforcedPowerLimit, unsigned, "power_limit", 125000)
REPORTS(nvmlDeviceGetPowerManagementLimit, unsigned, "power_limit", 125000)
REPORTS(nvmlDeviceGetFanSpeed, unsigned, "fan", 30)
REPORTS(nvmlDeviceGetCurrentClocksThrottleReasons, unsigned long long, "throttle", 0)
REPORTS(nvmlDeviceGetPerformanceState, unsigned, "performance", 2)
REPORTS(nvmlDeviceGetTotalEnergyConsumption, unsigned long long, "energy", 1000)

static const char *clock_name(int clock) { return clock == 2 ? "clock_memory" : "clock_graphics"; }

int nvmlDeviceGetClockInfo(void *handle, int clock, unsigned *out) {
    ENTER(handle, clock_name(clock));
    *out = (unsigned)VALUE(handle, clock_name(clock), clock == 2 ? 7000 : 1500);
    return OK;
}

int nvmlDeviceGetMaxClockInfo(void *handle, int clock, unsigned *out) {
    ENTER(handle, "max_clock");
    *out = clock == 2 ? 7001 : (unsigned)VALUE(handle, "max_clock", 2100);
    return OK;
}

/* Memory: `set 0 memory 1000` is used, `set 0 memory_total 8192` there is, in MiB. */

#define MIB (1024ull * 1024ull)
typedef struct { Bytes total, free, used; } Memory;
typedef struct { unsigned version; Bytes total, reserved, free, used; } MemoryV2;

static MemoryV2 memory(void *handle) {
    MemoryV2 now = {0, (Bytes)VALUE(handle, "memory_total", 8192) * MIB, 434 * MIB, 0, 0};
    now.used = (Bytes)VALUE(handle, "memory", 1000) * MIB;
    now.free = now.total - now.reserved - now.used;
    return now;
}

int nvmlDeviceGetMemoryInfo(void *handle, Memory *out) {
    ENTER(handle, "memory");
    MemoryV2 now = memory(handle);
    *out = (Memory){now.total, now.free, now.used + now.reserved};
    return OK;
}

typedef struct { Bytes total, free, used; } Bar1;
int nvmlDeviceGetBAR1MemoryInfo(void *handle, Bar1 *out) {
    ENTER(handle, "bar1");
    *out = (Bar1){256 * MIB, 250 * MIB, 6 * MIB};
    return OK;
}

/* The real driver counts 20 ms for it: `slow * nvmlDeviceGetPcieThroughput 20`. */
int nvmlDeviceGetPcieThroughput(void *handle, int direction, unsigned *out) {
    (void)direction;
    ENTER(handle, "pcie_throughput");
    *out = 1000;
    return OK;
}

REPORTS(nvmlDeviceGetMaxPcieLinkGeneration, unsigned, "pcie_generation", 4)
REPORTS(nvmlDeviceGetMaxPcieLinkWidth, unsigned, "pcie_width", 16)
REPORTS(nvmlDeviceGetCurrPcieLinkGeneration, unsigned, "pcie_generation", 4)
REPORTS(nvmlDeviceGetCurrPcieLinkWidth, unsigned, "pcie_width", 16)
REPORTS(nvmlDeviceGetDisplayMode, unsigned, "display_mode", 0)
REPORTS(nvmlDeviceGetDisplayActive, unsigned, "display_active", 0)
REPORTS(nvmlDeviceGetPersistenceMode, unsigned, "persistence", 1)
REPORTS(nvmlDeviceGetComputeMode, unsigned, "compute_mode", 0)

/* What a GeForce on Linux does not report. */
int nvmlDeviceGetDriverModel_v2(void *handle, unsigned *current, unsigned *pending) {
    ENTER(handle, "driver_model");
    *current = *pending = 0;
    return NOT_SUPPORTED;
}
int nvmlDeviceGetDriverModel(void *handle, unsigned *current, unsigned *pending) {
    return nvmlDeviceGetDriverModel_v2(handle, current, pending);
}
int nvmlDeviceGetTotalEccErrors(void *handle, int kind, int counter, Bytes *out) {
    (void)kind, (void)counter;
    ENTER(handle, "ecc");
    *out = 0;
    return NOT_SUPPORTED;
}

static int busy(void *handle, unsigned *out, unsigned *period_us) {
    *out = (unsigned)VALUE(handle, "codec", 0);
    *period_us = 166000;
    return OK;
}
int nvmlDeviceGetEncoderUtilization(void *handle, unsigned *out, unsigned *period_us) {
    ENTER(handle, "codec");
    return busy(handle, out, period_us);
}
int nvmlDeviceGetDecoderUtilization(void *handle, unsigned *out, unsigned *period_us) {
    ENTER(handle, "codec");
    return busy(handle, out, period_us);
}

/* One process on each list at most: `set 0 compute 1234` is its number, `set 0 process_memory 512` its MiB (-1: hidden,
 * as on Windows); `set 0 processes 300` repeats it with numbers that count up. */
typedef struct { unsigned pid; Bytes used; unsigned gpu_instance, compute_instance; } Process;

static int processes(void *handle, const char *list, unsigned *size, Process *out) {
    long long pid = VALUE(handle, list, *list == 'c' ? PROCESS : 0), mib = VALUE(handle, "process_memory", 512);
    unsigned room = *size;
    *size = pid ? (unsigned)VALUE(handle, "processes", 1) : 0;
    if (room < *size) return INSUFFICIENT_SIZE;
    for (unsigned place = 0; place < *size; place++)
        out[place] = (Process){(unsigned)pid + place, mib < 0 ? ~0ull : (Bytes)mib * MIB, 0, 0};
    return OK;
}

#define LISTS(version) \
    int nvmlDeviceGetComputeRunningProcesses_v##version(void *handle, unsigned *size, Process *out) { \
        ENTER(handle, "compute"); \
        return processes(handle, "compute", size, out); } \
    int nvmlDeviceGetGraphicsRunningProcesses_v##version(void *handle, unsigned *size, Process *out) { \
        ENTER(handle, "graphics"); \
        return processes(handle, "graphics", size, out); }

LISTS(2)

#ifndef OLD_DRIVER
LISTS(3)

REPORTS(nvmlDeviceGetCurrentClocksEventReasons, unsigned long long, "throttle", 0)
REPORTS(nvmlDeviceGetNumGpuCores, unsigned, "cores", 1408)

typedef struct { unsigned version; int margin; } Margin;

int nvmlDeviceGetMarginTemperature(void *handle, Margin *out) {
    ENTER(handle, "margin");
    long long value = VALUE(handle, "margin", -1000);
    if (value == -1000) return NOT_SUPPORTED;
    out->margin = (int)value;
    return OK;
}

int nvmlDeviceGetMemoryInfo_v2(void *handle, MemoryV2 *out) {
    ENTER(handle, "memory");
    *out = memory(handle);
    return OK;
}
#endif

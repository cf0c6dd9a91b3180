/* A simulated NVIDIA driver: answers the NVML calls that pynvml makes, as a control file beside it says.
 *
 * The file `control` lies in the folder of this library and is read again whenever it was replaced.  Its lines:
 *
 *   set 1 temperature 83     GPU 1 reports 83 (see the calls below for the names of the values); `set * fan 0` all of them
 *   error 1 temperature 3    GPU 1 answers NVML error 3 for that value; `error 1 * 15` a lost card; `error * init 9`
 *   hang 1 temperature 0     calls for that value do not return while this line stands
 *   set * count 2            that many cards (6 unless told)
 *   set * generation 1       another number is a reload of the driver: until Shutdown and Init, handles answer 15
 *
 * With -DOLD_DRIVER the calls that came with version 3 of the process list, version 2 of memory, and event reasons
 * are missing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OK = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, INSUFFICIENT_SIZE = 7, LOST = 15, ANY = -1 };
enum { LINES = 256, UNSET = -1 };

typedef struct { char action[8]; int gpu; char name[24]; long long value; } Line;

static Line lines[LINES];
static int line_count;
static struct stat last;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long long opened_generation = UNSET;

static void reload(void) {
    static char path[4096];
    if (!*path) {
        Dl_info self;
        dladdr((void *)reload, &self);
        snprintf(path, sizeof path - 8, "%s", self.dli_fname);
        strcpy(strrchr(path, '/') + 1, "control");
    }
    struct stat now;
    if (stat(path, &now) || (now.st_ino == last.st_ino && now.st_mtim.tv_nsec == last.st_mtim.tv_nsec)) return;
    FILE *file = fopen(path, "r");
    if (!file) return;
    last = now;
    line_count = 0;
    char gpu[8];
    Line *line = lines;
    while (line_count < LINES
           && fscanf(file, "%7s %7s %23s %lld", line->action, gpu, line->name, &line->value) == 4) {
        line->gpu = *gpu == '*' ? ANY : atoi(gpu);
        line++, line_count++;
    }
    fclose(file);
}

/* Return what the control file says; the last line that fits counts. */
static long long told(const char *action, int gpu, const char *name, long long otherwise) {
    pthread_mutex_lock(&lock);
    reload();
    long long value = otherwise;
    for (Line *line = lines; line < lines + line_count; line++)
        if (!strcmp(line->action, action) && (line->gpu == gpu || line->gpu == ANY)
            && (!strcmp(line->name, name) || !strcmp(line->name, "*"))) value = line->value;
    pthread_mutex_unlock(&lock);
    return value;
}

static long long generation(void) { return told("set", ANY, "generation", 0); }
static int count(void) { return (int)told("set", ANY, "count", 6); }

/* A handle holds the generation and the index (from 1) of its card. */
static int index_of(void *handle) { return (int)((uintptr_t)handle & 0xff) - 1; }

/* What every call about a card does first. */
static int enter(void *handle, const char *name) {
    int gpu = index_of(handle);
    while (told("hang", gpu, name, UNSET) != UNSET) usleep(2000);
    if (opened_generation == UNSET) return UNINITIALIZED;
    if ((long long)((uintptr_t)handle >> 8) != generation() || opened_generation != generation()) return LOST;
    return (int)told("error", gpu, name, gpu < count() ? OK : LOST);
}

#define VALUE(handle, name, otherwise) told("set", index_of(handle), name, otherwise)
#define ENTER(handle, name) do { int error = enter(handle, name); if (error) return error; } while (0)
#define REPORTS(call, type, name, otherwise) \
    int call(void *handle, type *out) { ENTER(handle, name); *out = (type)VALUE(handle, name, otherwise); return OK; }

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    int error = (int)told("error", ANY, "init", OK);
    if (!error) opened_generation = generation();
    return error;
}

int nvmlShutdown(void) {
    if (opened_generation == UNSET) return UNINITIALIZED;
    opened_generation = UNSET;
    return OK;
}

const char *nvmlErrorString(int code) { (void)code; return "an error of the simulated driver"; }

int nvmlDeviceGetCount_v2(unsigned *out) {
    if (opened_generation == UNSET) return UNINITIALIZED;
    *out = (unsigned)count();
    return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    if ((int)index >= count()) return INVALID_ARGUMENT;
    *handle = (void *)((uintptr_t)generation() << 8 | (index + 1));
    return enter(*handle, "handle");
}

int nvmlDeviceGetName(void *handle, char *out, unsigned size) {
    ENTER(handle, "name");
    snprintf(out, size, "Simulated GPU %d", index_of(handle));
    return OK;
}

int nvmlDeviceGetUUID(void *handle, char *out, unsigned size) {
    ENTER(handle, "uuid");
    snprintf(out, size, "GPU-%lld", VALUE(handle, "uuid", index_of(handle)));
    return OK;
}

typedef struct {
    char legacy[16];
    unsigned domain, bus, device, device_id, subsystem_id;
    char bus_id[32];
} Pci;

/* The bus counts down, so that the order of the driver is not the order of the bus. */
int nvmlDeviceGetPciInfo_v3(void *handle, Pci *out) {
    ENTER(handle, "pci");
    memset(out, 0, sizeof *out);
    snprintf(out->bus_id, sizeof out->bus_id, "00000000:%02X:00.0", 0xF0 - index_of(handle));
    return OK;
}

int nvmlDeviceGetTemperature(void *handle, int sensor, unsigned *out) {
    (void)sensor;
    ENTER(handle, "temperature");
    *out = (unsigned)VALUE(handle, "temperature", 40);
    return OK;
}

typedef struct { unsigned gpu, memory; } Utilization;

int nvmlDeviceGetUtilizationRates(void *handle, Utilization *out) {
    ENTER(handle, "utilization");
    out->gpu = (unsigned)VALUE(handle, "utilization", 10);
    out->memory = 0;
    return OK;
}

#define MIB (1024ull * 1024ull)
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;

int nvmlDeviceGetMemoryInfo(void *handle, Memory *out) {
    ENTER(handle, "memory");
    out->total = 8192 * MIB;
    out->used = (unsigned long long)VALUE(handle, "memory", 1000) * MIB + 434 * MIB;
    out->free = out->total - out->used;
    return OK;
}

REPORTS(nvmlDeviceGetPowerUsage, unsigned, "power", 60000)
REPORTS(nvmlDeviceGetEnforcedPowerLimit, unsigned, "power_limit", 125000)
REPORTS(nvmlDeviceGetFanSpeed, unsigned, "fan", 30)
REPORTS(nvmlDeviceGetCurrentClocksThrottleReasons, unsigned long long, "throttle", 0)

int nvmlDeviceGetClockInfo(void *handle, int clock, unsigned *out) {
    const char *name = clock == 2 ? "clock_memory" : "clock_graphics";
    ENTER(handle, name);
    *out = (unsigned)VALUE(handle, name, clock == 2 ? 7000 : 1500);
    return OK;
}

/* One process on each list at most: `set 0 compute 1234` is its number, `set 0 process_memory 512` its MiB. */
typedef struct { unsigned pid; unsigned long long used; unsigned gpu_instance, compute_instance; } Process;

static int processes(void *handle, const char *list, unsigned *size, Process *out) {
    ENTER(handle, list);
    long long pid = VALUE(handle, list, 0), mib = VALUE(handle, "process_memory", 512);
    unsigned room = *size;
    *size = pid ? 1 : 0;
    if (room < *size) return INSUFFICIENT_SIZE;
    if (pid) *out = (Process){(unsigned)pid, mib < 0 ? ~0ull : (unsigned long long)mib * MIB, 0, 0};
    return OK;
}

#define LISTS(version) \
    int nvmlDeviceGetComputeRunningProcesses_v##version(void *handle, unsigned *size, Process *out) { \
        return processes(handle, "compute", size, out); } \
    int nvmlDeviceGetGraphicsRunningProcesses_v##version(void *handle, unsigned *size, Process *out) { \
        return processes(handle, "graphics", size, out); }

LISTS(2)

#ifndef OLD_DRIVER
LISTS(3)

REPORTS(nvmlDeviceGetCurrentClocksEventReasons, unsigned long long, "throttle", 0)

int nvmlDeviceGetMemoryInfo_v2(void *handle, MemoryV2 *out) {
    ENTER(handle, "memory");
    out->total = 8192 * MIB;
    out->reserved = 434 * MIB;
    out->used = (unsigned long long)VALUE(handle, "memory", 1000) * MIB;
    out->free = out->total - out->reserved - out->used;
    return OK;
}
#endif

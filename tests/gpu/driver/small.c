/* Somebody else's idea of a simulated driver: two cards, no more calls than one needs for a temperature, older names. */
static int open = 0;

int nvmlInit_v2(void) { open = 1; return 0; }
int nvmlShutdown(void) { open = 0; return 0; }
int nvmlDeviceGetCount(unsigned *out) { *out = 2; return open ? 0 : 1; }
int nvmlDeviceGetHandleByIndex(unsigned index, void **handle) {
    *handle = (void *)(unsigned long)(index + 1);
    return index < 2 ? 0 : 2;
}
int nvmlDeviceGetUUID(void *handle, char *out, unsigned size) {
    const char *uuid = handle == (void *)1 ? "GPU-one" : "GPU-two";
    for (unsigned place = 0; place < size; place++)
        if (!(out[place] = uuid[place])) return 0;
    return 7;
}
int nvmlDeviceGetTemperature(void *handle, int sensor, unsigned *out) {
    *out = (unsigned)(50 + (unsigned long)handle + (unsigned long)sensor);
    return 0;
}

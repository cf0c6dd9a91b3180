/* The control file of the simulated driver: what each card reports, and how it fails.  nvml.c tells its lines. */
#ifndef CONTROL_H
#define CONTROL_H

enum { ANY = -1, UNSET = -1 };

/* Return the number that the control file has for `action`, this card, and a value of this name or a call of this
 * function; the last line that fits counts. */
long long told(const char *action, int gpu, const char *name, const char *function, long long otherwise);

/* The same for a text; NULL when none is told. */
const char *told_text(int gpu, const char *name);

/* Write the call down, if the control file wants that, and let it take the time that it is to take. */
void take_time(int gpu, const char *name, const char *function);

#endif

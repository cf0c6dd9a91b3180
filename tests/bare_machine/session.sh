#!/bin/sh
# Runs the tray app of the user `person` on a display of its own while the command given as arguments replaces it, and
# looks at both.  As root: `session.sh PROGRAM COMMAND...`; PROGRAM is the `etoile` that is started before and after.
set -eu

program="$1"
shift
export DISPLAY=:99

as_person() {
    setpriv --reuid=person --regid=person --init-groups -- env HOME=/home/person DISPLAY="$DISPLAY" "$@"
}

wait_for() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || { echo "never so: $*"; cat /tmp/etoile.log; exit 1; }
        sleep 0.1
    done
}

start() {
    as_person "$program" --hidden --simulate calm >/tmp/etoile.log 2>&1 &
    wait_for as_person "$program" status --json
    wait_for in_the_tray
}

in_the_tray() {
    xwininfo -name panel -tree | grep -q '[Ee]toile'
}

running() {
    for process in /proc/[0-9]*; do
        case "$(readlink "$process/exe" 2>/dev/null || true)" in
            */etoile | */etoile\ \(deleted\)) return 0 ;;
        esac
    done
    return 1
}

as_person Xvfb "$DISPLAY" -nolisten tcp >/dev/null 2>&1 &
display=$!
wait_for xwininfo -root
as_person trayer --SetDockType true >/dev/null 2>&1 &
tray=$!
wait_for sh -c 'xwininfo -root -tree | grep -q panel'

as_person sh -c 'mkdir -p ~/.config/etoile && printf "[window]\nlanguage = \"fr\"\n" > ~/.config/etoile/config.toml'
start
before="$(as_person "$program" version)"
settings="$(md5sum /home/person/.config/etoile/config.toml)"
as_person "$program" ask "what time is it" >/dev/null
"$@"
if running; then
    echo "the old one goes on"
    exit 1
fi
[ "$(md5sum /home/person/.config/etoile/config.toml)" = "$settings" ] || { echo "the settings changed"; exit 1; }
start
history="$(as_person "$program" history --json | wc -l)"
echo "$before, then $(as_person "$program" version): settings kept, $history in the history, in the tray again"
[ "$history" -ge 1 ]
as_person "$program" quit
kill "$tray" "$display"

#!/bin/sh
# Install Etoile for the one user who runs this, without root; `./install.sh --remove` takes it away again.
# Running it again, with this version or another, replaces what is there; settings, history and models stay.
set -eu

data="${XDG_DATA_HOME:-$HOME/.local/share}"
config="${XDG_CONFIG_HOME:-$HOME/.config}"
bin="$HOME/.local/bin"
lib="$HOME/.local/lib"
program="$lib/etoile"
brought="$program/installed-files"
here="$(cd "$(dirname "$0")" && pwd)"

fail() {
    echo "$1" >&2
    exit 1
}

running() {
    find -L /proc/[0-9]*/exe -maxdepth 0 -samefile "$program/etoile" 2>/dev/null | cut -d / -f 3
}

# A running Etoile reads its own program while it goes on: it ends before that is replaced or removed.
end_running() {
    for pid in $(running); do
        kill -TERM "$pid" 2>/dev/null || true
    done
    tries=0
    while [ -n "$(running)" ] && [ "$tries" -lt 50 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    for pid in $(running); do
        kill -KILL "$pid" 2>/dev/null || true
    done
}

# What an installation put into the folders that all programs share.
forget_brought() {
    [ -f "$brought" ] || return 0
    while read -r file; do
        rm -f "$data/$file"
    done < "$brought"
}

if [ "${1:-}" = --remove ]; then
    [ -d "$program" ] || fail "Etoile is not installed in $program."
    end_running
    forget_brought
    rm -rf "$program" "$program.new" "$program.old"
    [ "$(readlink "$bin/etoile" 2>/dev/null || true)" != "$program/etoile" ] || rm -f "$bin/etoile"
    if grep -qs "^Exec=\"\{0,1\}$HOME/.local/" "$config/autostart/etoile.desktop"; then
        rm -f "$config/autostart/etoile.desktop"
    fi
    echo "Etoile is removed.  Your settings, history and models stay:"
    echo "  $config/etoile, $data/etoile, ${XDG_STATE_HOME:-$HOME/.local/state}/etoile"
    exit 0
fi

[ $# -eq 0 ] || fail "Usage: ./install.sh [--remove]"
for folder in "$lib" "$bin" "$data"; do
    mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] || fail "$folder cannot be written to: nothing was installed."
done
needed_kb="$(du -sk "$here/program" | cut -f1)"
free_kb="$(df -Pk "$lib" | awk 'NR == 2 { print $4 }')"
if [ "$free_kb" -lt "$needed_kb" ]; then
    fail "Etoile needs $((needed_kb / 1024)) MB in $lib, and $((free_kb / 1024)) MB are free: nothing was installed."
fi

# What is there stays until the new one is whole; an installation that was broken off begins afresh.
clean_up() {
    rm -rf "$program.new"
    [ -d "$program" ] || [ ! -d "$program.old" ] || mv "$program.old" "$program"
    rm -rf "$program.old"
}
trap clean_up EXIT
trap 'exit 130' HUP INT TERM
clean_up
cp -R "$here/program" "$program.new" || fail "Etoile could not be copied to $lib: nothing was changed."
(cd "$here/share" && find . -type f) > "$program.new/installed-files"
end_running
forget_brought
[ ! -d "$program" ] || mv "$program" "$program.old"
mv "$program.new" "$program"
ln -sfn "$program/etoile" "$bin/etoile"
while read -r file; do
    mkdir -p "$data/$(dirname "$file")"
    cp "$here/share/$file" "$data/$file"
done < "$brought"
sed "s|^Exec=etoile|Exec=\"$bin/etoile\"|" "$here/share/applications/etoile.desktop" > "$data/applications/etoile.desktop"

echo "Etoile is installed.  Start it from the menu, or with: $bin/etoile"
case ":$PATH:" in
    *":$bin:"*) ;;
    *) echo "$bin is not on your PATH: add it, or type the whole path." ;;
esac
known="$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null || true)"
while [ -n "$known" ] && read -r library loss; do
    case "$known" in
        *"$library "*) ;;
        *) [ -e "$program/_internal/$library" ] || echo "This system lacks $library: $loss." ;;
    esac
done < "$here/needs"

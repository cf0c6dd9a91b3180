#!/bin/sh
# Install Etoile for the one user who runs this, without root; `./install.sh --remove` takes it away again.
set -eu

data="${XDG_DATA_HOME:-$HOME/.local/share}"
bin="$HOME/.local/bin"
program="$HOME/.local/lib/etoile"
here="$(cd "$(dirname "$0")" && pwd)"

end_running() {
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/exe" 2>/dev/null || true)" = "$program/etoile" ]; then
            kill -TERM "${process#/proc/}" 2>/dev/null || true
        fi
    done
}

remove() {
    end_running
    rm -rf "$program"
    [ "$(readlink "$bin/etoile" 2>/dev/null || true)" != "$program/etoile" ] || rm -f "$bin/etoile"
    rm -f "$data/applications/etoile.desktop" "$data/metainfo/etoile.metainfo.xml" "$data/man/man1/etoile.1.gz" \
        "$data/bash-completion/completions/etoile" "$data/zsh/site-functions/_etoile" \
        "$data/fish/vendor_completions.d/etoile.fish" "$data"/icons/hicolor/*/apps/etoile.png \
        "$data/icons/hicolor/scalable/apps/etoile.svg"
}

if [ "${1:-}" = --remove ]; then
    remove
    echo "Etoile is removed.  Your settings, history and models stay: ${XDG_CONFIG_HOME:-$HOME/.config}/etoile, $data/etoile"
    exit 0
fi

needed_kb="$(du -sk "$here/program" | cut -f1)"
mkdir -p "$data" "$bin" "$(dirname "$program")"
free_kb="$(df -Pk "$(dirname "$program")" | awk 'NR == 2 { print $4 }')"
if [ "$free_kb" -lt "$needed_kb" ]; then
    echo "Etoile needs $((needed_kb / 1024)) MB in $HOME/.local/lib, and $((free_kb / 1024)) MB are free: nothing was installed." >&2
    exit 1
fi

# What is there stays until the new one is whole; an installation that was broken off begins afresh.
rm -rf "$program.new"
cp -R "$here/program" "$program.new"
remove
mv "$program.new" "$program"
ln -sfn "$program/etoile" "$bin/etoile"
(cd "$here/share" && find . -type f) | while read -r file; do
    mkdir -p "$data/$(dirname "$file")"
    cp "$here/share/$file" "$data/$file"
done
mkdir -p "$data/applications"
sed "s|^Exec=etoile|Exec=$bin/etoile|" "$here/share/applications/etoile.desktop" > "$data/applications/etoile.desktop"

echo "Etoile is installed.  Start it from the menu, or with: $bin/etoile"
case ":$PATH:" in
    *":$bin:"*) ;;
    *) echo "$bin is not on your PATH: add it, or type the whole path." ;;
esac

"""What a command would do, in words that name its object: for questions, for "did you mean", for lists."""

from collections.abc import Mapping

from etoile.domain.commands import PIDS_SLOT, WINDOW_SLOT
from etoile.domain.match import Candidate
from etoile.text import Message, message, plural

SHOWN_PIDS = 5


def describe(candidate: Candidate) -> Message:
    """Return what `candidate` would do, as a phrase that begins with a verb."""
    seconds = candidate.slots.get("seconds")
    if candidate.command == "timer.set" and isinstance(seconds, int):
        return message("Set a timer of {seconds:duration}", seconds=seconds)
    if PIDS_SLOT in candidate.slots:
        return _named_processes(candidate)
    said = _IN_A_WINDOW.get(candidate.command) if WINDOW_SLOT in candidate.slots else None
    said = said or _PHRASES.get(candidate.command)
    if said is None:
        return message("Run {command}", command=candidate.command)
    return Message(said.id, dict(candidate.slots))


def _named_processes(candidate: Candidate) -> Message:
    pids = str(candidate.slots[PIDS_SLOT]).split(", ")
    shown = ", ".join(pids[:SHOWN_PIDS]) + (", …" if len(pids) > SHOWN_PIDS else "")
    return plural(
        "Kill the process {process} (number {pids}, of {user}, {memory_bytes:bytes} of memory)",
        "Kill {count} processes {process} (numbers {pids}, of {user}, {memory_bytes:bytes} of memory together)",
        len(pids),
        **{**candidate.slots, "pids": shown},
    )


def consequence_of(command: str) -> Message | None:
    """Return what is lost when `command` runs; None when nothing is."""
    return _CONSEQUENCES.get(command)


_IN_A_WINDOW: Mapping[str, Message] = {
    "window.close": message("Close the window “{window}”"),
    "tab.close": message("Close the tab in front of “{window}”"),
    "clipboard.paste": message("Paste into “{window}”"),
}

_PHRASES: Mapping[str, Message] = {
    "app.open": message("Open {app}"),
    "app.close": message("Close {app}"),
    "app.switch": message("Switch to {app}"),
    "window.close": message("Close the window in front"),
    "window.minimize": message("Minimise the window"),
    "window.minimize_all": message("Minimise every window"),
    "window.maximize": message("Maximise the window"),
    "window.fullscreen": message("Show the window in full screen"),
    "window.next": message("Go to the next window"),
    "window.snap.left": message("Put the window on the left half"),
    "window.snap.right": message("Put the window on the right half"),
    "desktop.next": message("Go to the next desktop"),
    "tab.new": message("Open a new tab"),
    "tab.close": message("Close the tab in front"),
    "scroll.up": message("Scroll up"),
    "scroll.down": message("Scroll down"),
    "browser.back": message("Go back one page"),
    "browser.open_site": message("Open {site}"),
    "browser.search": message("Search the web for “{query}”"),
    "clipboard.copy": message("Copy"),
    "clipboard.paste": message("Paste"),
    "clipboard.read": message("Read the clipboard"),
    "edit.undo": message("Undo in the window in front"),
    "edit.save": message("Save in the window in front"),
    "edit.select_all": message("Select everything"),
    "file.open_folder": message("Open the folder {folder}"),
    "file.list": message("List the folder {folder}"),
    "file.create_folder": message("Create the folder {name}"),
    "file.search": message("Look for files called {name}"),
    "file.trash.empty": message("Empty the trash"),
    "audio.volume.up": message("Turn the volume up"),
    "audio.volume.down": message("Turn the volume down"),
    "audio.volume.set": message("Set the volume to {level} %"),
    "audio.mute": message("Mute the sound"),
    "audio.unmute": message("Unmute the sound"),
    "audio.mic.mute": message("Mute the microphone"),
    "audio.mic.unmute": message("Unmute the microphone"),
    "display.brightness.set": message("Set the brightness to {level} %"),
    "display.brightness.up": message("Make the screen brighter"),
    "display.brightness.down": message("Make the screen darker"),
    "display.nightlight.on": message("Switch the night light on"),
    "display.nightlight.off": message("Switch the night light off"),
    "media.play": message("Play"),
    "media.pause": message("Pause"),
    "media.next": message("Play the next piece"),
    "media.previous": message("Play the previous piece"),
    "screen.screenshot": message("Take a screenshot"),
    "screen.read": message("Read the screen"),
    "screen.lock": message("Lock the screen"),
    "screen.off": message("Switch the screen off"),
    "process.list": message("List the busiest processes"),
    "process.kill": message("Kill the process {process}"),
    "service.list": message("List the services"),
    "service.start": message("Start the service {service}"),
    "service.stop": message("Stop the service {service}"),
    "service.restart": message("Restart the service {service}"),
    "network.ip": message("Tell the IP address"),
    "network.wifi.status": message("Tell the state of the Wi-Fi"),
    "network.ping": message("Ping {host}"),
    "network.speedtest": message("Measure the network's speed"),
    "network.wifi.on": message("Switch the Wi-Fi on"),
    "network.wifi.off": message("Switch the Wi-Fi off"),
    "network.bluetooth.on": message("Switch Bluetooth on"),
    "network.bluetooth.off": message("Switch Bluetooth off"),
    "system.status": message("Tell the state of the computer"),
    "system.cpu": message("Tell the load of the processor"),
    "system.memory": message("Tell how full the memory is"),
    "system.disk": message("Tell how full the disk is"),
    "power.battery": message("Tell the state of the battery"),
    "power.sleep": message("Put the computer to sleep"),
    "power.restart": message("Restart the computer"),
    "power.shutdown": message("Shut the computer down"),
    "power.logout": message("Log out"),
    "time.now": message("Tell the time"),
    "date.today": message("Tell the date"),
    "timer.set": message("Set a timer"),
    "timer.status": message("Tell the timers"),
    "timer.cancel": message("Cancel the timer"),
    "alarm.set": message("Set an alarm for {time}"),
    "alarm.cancel": message("Cancel the alarm"),
    "note.create": message("Note “{text}”"),
    "alert.snooze": message("Silence the alerts for a while"),
    "gpu.status": message("Tell the state of the GPUs"),
    "gpu.temperature": message("Tell the temperature of the GPUs"),
    "gpu.memory": message("Tell the memory of the GPUs"),
    "model.list": message("List the models"),
    "model.load": message("Load the model {model}"),
    "model.unload": message("Unload the model {model}"),
    "cluster.status": message("Tell the state of the nodes"),
    "cluster.health": message("Tell the health of the nodes"),
    "cluster.benchmark": message("Measure the nodes"),
    "node.ask": message("Ask a node: “{query}”"),
    "consensus.run": message("Ask several nodes: “{query}”"),
    "assistant.help": message("Tell what I can do"),
    "assistant.history": message("Tell what was asked lately"),
    "assistant.read_last": message("Read the last answer"),
    "assistant.repeat": message("Say it again"),
    "assistant.cancel": message("Cancel"),
    "assistant.stop_talking": message("Stop talking"),
    "assistant.sleep": message("Be quiet"),
    "assistant.undo": message("Undo what I did last"),
    "conversation.new": message("Begin a new conversation"),
    "dictation.start": message("Start dictation"),
    "dictation.stop": message("Stop dictation"),
    "language.set": message("Change the language"),
    "voice.switch": message("Change the voice"),
    "voice.faster": message("Speak faster"),
    "voice.slower": message("Speak slower"),
    "skills.list": message("List the skills"),
    "skills.run": message("Run the skill {skill}"),
    "skills.create": message("Create the skill {skill}"),
    "skills.remove": message("Remove the skill {skill}"),
    "trading.status": message("Tell the state of the markets"),
    "trading.signals": message("Tell the trading signals"),
    "trading.pnl": message("Tell the profit and loss"),
    "trading.price": message("Tell the price of {symbol}"),
}

_CONSEQUENCES: Mapping[str, Message] = {
    "app.close": message("Work that was not saved in it may be lost."),
    "window.close": message("Work that was not saved in it may be lost."),
    "tab.close": message("Work that was not saved in it may be lost."),
    "file.trash.empty": message("What is in the trash is deleted for good."),
    "process.kill": message("It ends at once, without saving."),
    "service.stop": message("Whoever uses it is cut off."),
    "service.restart": message("Whoever uses it is cut off for a while."),
    "power.sleep": message("Running requests are interrupted."),
    "power.restart": message("Every program is closed; work that was not saved may be lost."),
    "power.shutdown": message("Every program is closed; work that was not saved may be lost."),
    "power.logout": message("Every program is closed; work that was not saved may be lost."),
    "network.wifi.off": message("Nodes and services that need the network cannot be reached."),
    "network.bluetooth.off": message("Bluetooth headsets, keyboards and mice are cut off."),
    "model.unload": message("Requests that use it are interrupted."),
    "clipboard.paste": message("In a terminal, pasted lines may run at once."),
}

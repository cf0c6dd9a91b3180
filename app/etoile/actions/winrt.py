"""Players and radios of Windows, through the Windows Runtime as Windows PowerShell reaches it.

Built to Microsoft's documentation (Windows.Media.Control, Windows.Devices.Radios); not tried on Windows yet.
"""

from etoile.actions.programs import Programs
from etoile.errors import ActionFailed
from etoile.text import message

_AWAIT = (
    "Add-Type -AssemblyName System.Runtime.WindowsRuntime;"
    "$asTask = ([WindowsRuntimeSystemExtensions].GetMethods() | Where-Object {"
    " $_.Name -eq 'AsTask' -and $_.GetParameters().Count -eq 1 -and"
    " $_.GetParameters()[0].ParameterType.Name -eq 'IAsyncOperation`1' })[0];"
    "function Await($operation, $type) {"
    " $task = $asTask.MakeGenericMethod($type).Invoke($null, @($operation)); $null = $task.Wait(-1); $task.Result };"
)
_PLAYERS = (
    "$kind = [Windows.Media.Control.GlobalSystemMediaTransportControlsSessionManager,"
    "Windows.Media.Control,ContentType=WindowsRuntime];"
    "$sessions = (Await ($kind::RequestAsync()) $kind).GetSessions();"
    "$playing = @($sessions | Where-Object { $_.GetPlaybackInfo().PlaybackStatus -eq 'Playing' });"
    "$others = @($sessions | Where-Object { $_.GetPlaybackInfo().PlaybackStatus -ne 'Playing' } |"
    " Sort-Object { $_.GetPlaybackInfo().PlaybackStatus -ne 'Paused' });"
)
_CHOSEN = {
    "Play": ("@($others | Select-Object -First 1)", "TryPlayAsync"),
    "Pause": ("$playing", "TryPauseAsync"),
    "Next": ("@($playing + $others | Select-Object -First 1)", "TrySkipNextAsync"),
    "Previous": ("@($playing + $others | Select-Object -First 1)", "TrySkipPreviousAsync"),
}
_RADIOS = (
    "$kind = [Windows.Devices.Radios.Radio,Windows.System.Devices,ContentType=WindowsRuntime];"
    "$access = [Windows.Devices.Radios.RadioAccessStatus,Windows.System.Devices,ContentType=WindowsRuntime];"
    "$list = [System.Collections.Generic.IReadOnlyList[Windows.Devices.Radios.Radio]];"
    "$null = Await ($kind::RequestAccessAsync()) $access;"
    "$radios = @((Await ($kind::GetRadiosAsync()) $list) | Where-Object {{ $_.Kind -eq '{kind}' }});"
)


def tell_players(programs: Programs, method: str) -> None:
    """Have the player that is meant do `method` ("Play", "Pause", "Next", "Previous").

    The media keys would not do: one key plays and pauses, so that “pause” would start what is silent.
    Raises ActionFailed when there is no player, or none that obeys.
    """
    chosen, call = _CHOSEN[method]
    obey = f"$chosen = {chosen}; $done = @($chosen | Where-Object {{ Await ($_.{call}()) ([bool]) }});"
    written = programs.powershell(_AWAIT + _PLAYERS + obey + "'{0} {1}' -f $sessions.Count, $done.Count").split()
    if written[:1] == ["0"]:
        raise ActionFailed(message("No player is open."))
    if written[1:2] != ["1"] and not (method == "Pause" and written[1:2] > ["0"]):
        raise ActionFailed(message("Nothing is playing.") if method == "Pause" else message("No player obeys."))


def switch_radio(programs: Programs, kind: str, on: bool) -> bool | None:
    """Switch the radios of `kind` ("WiFi", "Bluetooth"); return whether they were on, None where there is none.

    Raises ActionFailed when Windows does not let us.
    """
    state = "On" if on else "Off"
    script = (
        _AWAIT + _RADIOS.format(kind=kind) + "if (-not $radios) { 'none'; exit };"
        "$before = $radios[0].State;"
        f"$said = $radios | ForEach-Object {{ Await ($_.SetStateAsync('{state}')) $access }};"
        "'{0} {1}' -f $before, ($said | Select-Object -First 1)"
    )
    written = programs.powershell(script).split()
    if written[:1] == ["none"]:
        return None
    if written[1:2] != ["Allowed"]:
        raise ActionFailed(
            message("Windows does not let a program switch this radio."),
            message("Settings, Privacy, Radios: let desktop programs control them."),
        )
    return written[0] == "On"

"""The design: what is written can be read, in both themes and in high contrast."""

import pytest

from etoile.gui.design import DARK, LIGHT, Look, Palette, Tone, with_contrast


def _contrast(one: object, other: object) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: object) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]  # type: ignore[attr-defined]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("palette", [DARK, LIGHT, with_contrast(DARK), with_contrast(LIGHT)])
def test_text_can_be_read_on_every_surface(palette: Palette) -> None:
    for tone in Tone:
        for ground in (palette.bg, palette.surface, palette.raised):
            assert _contrast(palette.tone(tone), ground) >= 4.5, tone
    assert _contrast(palette.on_warning, palette.warning_fill) >= 4.5
    assert _contrast(palette.accent, palette.raised) >= 4.5
    for fill in (palette.critical_fill, palette.accent_fill):
        assert _contrast(LIGHT.surface, fill) >= 4.5


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_in_high_contrast_every_line_is_seen(palette: Palette) -> None:
    strong = with_contrast(palette)
    for ground in (strong.bg, strong.surface, strong.raised):
        assert _contrast(strong.border, ground) >= 4.5
    assert strong.shadow.alpha() == 0


def test_the_desktop_tells_its_contrast_while_etoile_runs(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[Palette] = []
    look.changed.connect(lambda: changes.append(look.palette))
    monkeypatch.setattr("etoile.gui.design._wants_contrast", lambda: True)
    look._follow()
    assert changes == [with_contrast(DARK)]

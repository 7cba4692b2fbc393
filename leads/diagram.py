"""The lifecycle as a picture, drawn from `leads.enums.ROUTES`, so that the docs can't drift from the code."""

from html import escape
from typing import Final

from leads.enums import RESTAGE_ROUTES, ROUTES, STAGE_ORDER, STAGE_SHORT, Stage, Transition

BOX_WIDTH, BOX_HEIGHT, GAP, TOP = 132, 44, 46, 210  # pixels of the drawing
_LEFT: Final = 20
_DISQUALIFIED_Y: Final = TOP + 190
_ABOVE: Final = (
    Transition.IDENTIFY,
    Transition.PREQUALIFY,
    Transition.QUALIFY_MARKETING,
    Transition.ACCEPT,
    Transition.QUALIFY_SALES,
    Transition.FAST_TRACK,
    Transition.WIN,
)
_STYLE: Final = (
    "text{font:13px sans-serif;fill:#1f2937}.s{font-size:11px;fill:#55606f}"
    "rect{fill:#f4f5f7;stroke:#7c8797}path{fill:none;stroke:#0f766e;stroke-width:1.3}"
    ".b{stroke:#b45309}.r{stroke:#55606f;stroke-dasharray:1 3}.d{stroke:#b42318;stroke-dasharray:4 3}"
)


def lifecycle_svg() -> str:
    """The diagram as one SVG document: forward steps above, the way back below, the end at the bottom."""
    width = _LEFT * 2 + len(STAGE_ORDER) * BOX_WIDTH + (len(STAGE_ORDER) - 1) * GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_DISQUALIFIED_Y + 70}" role="img">',
        "<title>The stages of a lead and the steps between them</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" style="fill:#55606f;stroke:none"/></marker></defs>',
        *(_box(stage, _x(stage), TOP) for stage in STAGE_ORDER),
        _box(Stage.DISQUALIFIED, _x(Stage.MARKETING_QUALIFIED), _DISQUALIFIED_Y),
    ]
    for transition, way in ROUTES.items():
        if transition == Transition.DISQUALIFY:
            parts.append(_disqualify())
        elif transition == Transition.REOPEN:
            parts.append(_reopen())
        else:
            parts += [_arc(transition, source, way.target, place) for place, source in enumerate(way.sources)]
    for source, targets in RESTAGE_ROUTES.items():
        parts += [_restage(source, target) for target in targets]
    parts.append(_restage_legend())
    return "\n".join([*parts, "</svg>", ""])


def _x(stage: Stage) -> int:
    return _LEFT + STAGE_ORDER.index(stage) * (BOX_WIDTH + GAP)


def _box(stage: Stage, x: int, y: int) -> str:
    middle = x + BOX_WIDTH // 2
    return (
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text x="{middle}" y="{y + 19}" text-anchor="middle">{escape(str(STAGE_SHORT[stage]))}</text>'
        f'<text x="{middle}" y="{y + 35}" text-anchor="middle" class="s">{stage.value}</text>'
    )


def _arc(transition: Transition, source: Stage, target: Stage, place: int) -> str:
    start, end = _x(source) + BOX_WIDTH // 2, _x(target) + BOX_WIDTH // 2
    is_forward = transition in _ABOVE
    edge = TOP if is_forward else TOP + BOX_HEIGHT
    distance = abs(STAGE_ORDER.index(target) - STAGE_ORDER.index(source))
    height = (24 + 34 * distance) * (-1 if is_forward else 1)
    height = max(height, 12 - TOP) if is_forward else min(height, 130)
    name = ""
    if place == 0:
        top = edge + height * 0.76 - 3
        name = f'<text x="{(start + end) // 2}" y="{top:.0f}" text-anchor="middle" class="s">{transition.value}</text>'
    colour = "" if is_forward else ' class="b"'
    curve = f"M{start} {edge} C{start} {edge + height} {end} {edge + height} {end} {edge}"
    return f'<path{colour} marker-end="url(#a)" d="{curve}"/>{name}'


def _restage(source: Stage, target: Stage) -> str:
    start, end = _x(source) + 24, _x(target) + BOX_WIDTH - 24
    edge = TOP + BOX_HEIGHT
    height = 40 + 26 * (STAGE_ORDER.index(source) - STAGE_ORDER.index(target))
    curve = f"M{start} {edge} C{start} {edge + height} {end} {edge + height} {end} {edge}"
    return f'<path class="r" marker-end="url(#a)" d="{curve}"/>'


def _restage_legend() -> str:
    x, y = _x(Stage.SALES_QUALIFIED), _DISQUALIFIED_Y + 20
    return (
        f'<path class="r" d="M{x - 40} {y - 4}L{x - 8} {y - 4}"/>'
        f'<text x="{x}" y="{y}" class="s">restage: by the system, out of a stage that was switched off</text>'
    )


def _disqualify() -> str:
    x, bottom = _x(Stage.MARKETING_QUALIFIED) + BOX_WIDTH // 2, TOP + BOX_HEIGHT
    lines = "".join(
        f'<path class="d" marker-end="url(#a)" d="M{_x(stage) + BOX_WIDTH // 2 + 12} {bottom} L{x} {_DISQUALIFIED_Y}"/>'
        for stage in ROUTES[Transition.DISQUALIFY].sources
    )
    return f'{lines}<text x="{x + 150}" y="{_DISQUALIFIED_Y - 18}" class="s">disqualify, from every open stage</text>'


def _reopen() -> str:
    start_x, y = _x(Stage.MARKETING_QUALIFIED), _DISQUALIFIED_Y + BOX_HEIGHT // 2
    end = _x(Stage.IDENTIFIED) + 24
    return (
        f'<path class="b" marker-end="url(#a)" d="M{start_x} {y} C{end} {y} {end} {y} {end} {TOP + BOX_HEIGHT}"/>'
        f'<text x="{end + 40}" y="{y + 16}" class="s">reopen</text>'
    )

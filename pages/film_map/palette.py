"""Map palette: the colours of the film map's dots, one set for each theme.

Genres have their own colours (`pages.kit.theme`). Of other categories, such as occupations, the nine largest parts get
one and the rest is grey; the legend names each part and lights it up under the pointer. The nine were chosen by a
search for colours that lie as far apart as can be in OKLab (Ottosson, 2020) for normal, red-, green- and blue-blind
eyes (Machado, Oliveira and Fernandes, 2009); a test holds them to it. Ramps change in lightness all the way, so they
need no hue.
"""

PALETTE: dict[str, dict[str, object]] = {
    "light": {
        "categories": [
            *("#5e7cfa", "#f7a224", "#901308", "#3fc8a1", "#7137b6", "#c65da7", "#085762", "#6e8210", "#c4a4fe"),
        ],
        "ramp": ["#f2c14e", "#e88a3a", "#c94f4a", "#8c2a6b", "#4a1c6e", "#1f1147"],
        "plain": "#a59a8d",
        "neighbor": "#a3231c",
    },
    "dark": {
        "categories": [
            *("#4b66e2", "#c28e24", "#f9d3a9", "#43ac9b", "#b287f5", "#9e5598", "#7fd4fc", "#64742b", "#afce00"),
        ],
        "ramp": ["#4b2a86", "#8c2f86", "#c94c72", "#ee7a4d", "#f8b63f", "#fbf0a0"],
        "plain": "#7d736a",
        "neighbor": "#ffb35c",
    },
}

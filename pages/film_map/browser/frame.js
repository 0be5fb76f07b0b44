// The map's DOM: canvases, tools, search, card, legend. What its parts do is decided in film_map.js.

import { Card } from "../../dot_map/card.js";
import { iconButton, make, rename } from "../../kit/browser/dom.js";
import { Hint } from "../../dot_map/hint.js";
import { Legend } from "../../dot_map/legend.js";
import { Playback } from "./playback.js";
import { SearchBox } from "./search.js";
import { styles } from "../../dot_map/styles.js";

export class Frame {
  // actions: onFind(row), onTool(name), and those of legend and playback
  constructor(texts, actions) {
    this.root = make("div", "matinee-map");
    this.stage = make("div", "stage");
    this.under = make("canvas", "under");
    this.points = make("canvas", "points");
    this.over = make("canvas", "over");
    this.over.tabIndex = 0;
    this.over.setAttribute("role", "application");
    this.search = new SearchBox(texts, { onChoose: actions.onFind });
    this.tools = make("div", "tools");
    this.tools.setAttribute("role", "toolbar");
    this.buttons = Object.fromEntries(["plus", "minus", "fit", "lasso", "picture"].map((name) =>
      [name, iconButton(name, "", () => actions.onTool(name))]));
    this.tools.append(...Object.values(this.buttons));
    this.names = make("div", "names");
    this.card = new Card();
    this.playback = new Playback(texts, { onShow: actions.onFrame, onState: actions.onPlaying });
    this.legend = new Legend(actions);
    this.message = make("div", "message");
    this.hint = new Hint();
    this.spoken = make("div", "spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.stage.append(this.under, this.points, this.over, this.names, this.search.root, this.playback.root,
      this.card.root, this.message, this.hint.root);
    this.root.append(make("style", "", styles), this.stage, this.tools, this.legend.root, this.spoken);
    this.setTexts(texts);
  }

  setTexts(texts) {
    this.search.setTexts(texts);
    this.playback.texts = texts;
    this.tools.setAttribute("aria-label", texts.points);
    this.over.setAttribute("aria-label", texts.keys);
    const labels = { plus: "zoom_in", minus: "zoom_out", fit: "fit", lasso: "lasso", picture: "picture" };
    for (const [name, key] of Object.entries(labels)) rename(this.buttons[name], texts[key]);
  }

  // What stands at the foot of each panel: its name and a note.
  setPanels(panels) {
    this.names.replaceChildren(...panels.filter((panel) => panel.name).map((panel) => {
      const box = make("div", "panel-name");
      const { left, top, width, height } = panel.camera.box;
      Object.assign(box.style, { left: `${left}px`, top: `${top + height}px`, width: `${width}px` });
      box.append(make("b", "", panel.name), make("span", "", panel.note));
      return box;
    }));
  }

  // Where search box and tools lie over the map: no name is written there.
  covered() {
    const { left, top } = this.stage.getBoundingClientRect();
    return [this.search.input, this.tools].map((element) => {
      const box = element.getBoundingClientRect();
      return { left: box.left - left, top: box.top - top, right: box.right - left, bottom: box.bottom - top };
    });
  }

  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }
}

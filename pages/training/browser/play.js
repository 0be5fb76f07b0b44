// The theatre: one moment of a run, shown by all its parts at once.

import { Gone, load, sceneOf } from "../../dot_map/decode.js";
import { fill, make } from "../../kit/browser/dom.js";
import { styles as mapStyles } from "../../dot_map/styles.js";
import { go, linkTo } from "../../kit/browser/go.js";
import { Palette } from "../../kit/browser/palette.js";
import { takeHome } from "../../kit/browser/take_home.js";
import { FilterWall } from "./filter_wall.js";
import { Norms } from "./norms.js";
import { Player } from "./player.js";
import { Reel } from "./reel.js";
import { Stage } from "./stage.js";
import { styles } from "./styles.js";
import { Timeline } from "./timeline.js";
import { TopTen } from "./top_ten.js";

const ATTEMPTS = 5;
const AGAIN_MS = 900;

export class Theatre {
  // send(event, value): tells the page; events are those of pages/training/theatre.py.
  constructor(parent, data, send) {
    Object.assign(this, { data, send });
    this.reel = new Reel();
    this.isFromStart = false;
    this.root = make("div", "theatre");
    this.root.matineeTheatre = this;
    this.player = new Player((at, milliseconds) => this.show(at, milliseconds));
    const go = (at) => this.player.go(at);
    this.timeline = new Timeline(data.texts, {
      onToggle: () => this.player.toggle(),
      onStep: (way) => go(this.player.at + way),
      onGo: go,
      onFollow: () => this.player.follow(),
      onSpeed: (speed) => this.player.setSpeed(speed),
      onBase: (isFromStart) => this.#compare(isFromStart),
    });
    this.stage = new Stage(data, {
      onOpen: (row) => this.#open(row),
      onChoose: (row) => this.#choose(row),
      cardOf: (row) => this.#cardOf(row),
      onSize: (width, height) => {
        this.root.dataset.wide = String(width > height);
        const isOther = this.reel.shots.length && this.reel.turn(width > height);
        if (isOther && this.root.dataset.state === "drawn") this.show(this.player.at, 0);
      },
    });
    this.topTen = new TopTen({ onOpen: (row) => this.#open(row), onPoint: (row) => this.stage.light(row) });
    this.norms = new Norms({ onGo: go, onTake: () => this.#take("norms", this.norms.rows()) });
    this.wall = new FilterWall();
    this.#build(parent);
  }

  #build(parent) {
    this.message = make("div", "message");
    this.spoken = make("div", "spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.takeTop = make("button", "take");
    this.takeTop.type = "button";
    this.takeTop.addEventListener("click", () => this.#take("top-10", this.#topRows()));
    this.topTen.root.append(this.takeTop);
    this.scene = make("div", "scene");
    this.scene.append(this.stage.root, this.topTen.root);
    this.root.append(make("style", "", mapStyles + styles), this.timeline.root, this.scene, this.stage.legend.root, this.norms.root,
      this.wall.root, this.message, this.spoken);
    this.root.addEventListener("keydown", (event) => this.#key(event));
    parent.append(this.root);
    this.#say("loading");
  }

  #say(state) {
    this.root.dataset.state = state;
    this.message.textContent = { loading: this.data.texts.loading, failed: this.data.texts.failed }[state] ?? "";
    this.message.hidden = !this.message.textContent;
  }

  // Take over what the page wants shown; called again on every change, and with every snapshot of a run under way.
  async update(data, attempt = 0) {
    this.data = data;
    const ticket = (this.ticket = {});
    try {
      await this.#load(data, ticket);
    } catch (error) {
      if (ticket !== this.ticket || this.isGone) return;
      if (error instanceof Gone && attempt < ATTEMPTS) {
        this.send("lost", error.message);
        setTimeout(() => ticket === this.ticket && this.update(data, attempt + 1), AGAIN_MS);
        return;
      }
      console.error(error);
      this.#say("failed");
    }
  }

  async #load(data, ticket) {
    const hasScene = this.sceneAt === data.scene;
    const isKnown = this.shownReel === data.reel && this.shownVersion === data.version && this.reel.run === data.run;
    const [packed, scene] = await Promise.all([isKnown ? null : this.#ask(data), hasScene ? null : load(data.scene)]);
    if (ticket !== this.ticket || this.isGone) return;
    const isOther = this.reel.run !== data.run;
    if (packed && !this.reel.take(packed)) {
      if (!this.reel.take(await this.#ask(data))) throw new Error("the recording has a gap");
      if (ticket !== this.ticket || this.isGone) return;
    }
    Object.assign(this, { shownReel: data.reel, shownVersion: data.version, sceneAt: data.scene });
    this.palette = new Palette(this.root);
    // The page of a run under way calls every second: what is as it was is not built again under the reader's pointer.
    const worn = JSON.stringify([data.scene, data.reel, data.version, data.run, data.texts, this.palette.theme]);
    if (worn === this.worn) return;
    this.worn = worn;
    this.#dress(scene);
    if (isOther) this.#begin();
    else if (packed) this.player.extend(this.reel.last);
    else this.show(this.player.at, 0);
    this.#say("drawn");
  }

  #ask(data) {
    if (!data.live) return load(data.reel);
    const first = this.reel.run === data.run ? this.reel.next : 0;
    return load(`${data.reel}?at=${first}`);
  }

  #dress(packedScene) {
    const { data } = this;
    this.palette.dress(this.root);
    this.timeline.setTexts(data.texts);
    this.timeline.setReel(this.reel);
    this.stage.dress(data, this.palette.theme);
    this.topTen.setTexts(data);
    if (packedScene) this.stage.setScene(sceneOf(packedScene));
    this.reel.turn(this.stage.size.width > this.stage.size.height);
    this.takeTop.textContent = data.texts.take_top;
    this.norms.set(data, this.palette.theme, this.reel);
    this.wall.set(data, this.palette, this.reel);
  }

  // Another run: one under way is followed, one that is over is played.
  #begin() {
    this.player.last = this.reel.last;
    if (this.data.live) this.player.follow();
    else if (this.stage.pace(1)) this.player.play(0);
    else this.player.go(this.reel.last);
  }

  show(at, milliseconds) {
    const { reel, player, data } = this;
    if (!this.stage.scene || !reel.shots.length) return;
    const base = reel.baseOf(at, this.isFromStart);
    const { isPlaying, isFollowing } = player;
    this.timeline.draw({ at, isPlaying, base, isLive: data.live, isFollowing });
    const { rowOf } = this.stage.scene;
    const entries = reel.list(at, base).filter(({ id }) => rowOf.has(id));
    this.#setPath(at);
    this.stage.show(reel.places(at), {
      milliseconds,
      isSteady: isPlaying,
      trails: at === base ? null : reel.places(base),
      top: entries.map(({ id }) => rowOf.get(id)),
      spread: reel.spread,
    });
    const paint = (row) => this.stage.look.paint(row);
    const hasBase = at !== base;
    this.topTen.draw(entries, reel.gone(at, base), { scene: this.stage.scene, paint, milliseconds: this.stage.pace(milliseconds), hasBase });
    this.norms.draw(at, base);
    this.wall.draw(at, base);
    this.root.dataset.epoch = String(reel.epoch(at));
    this.root.dataset.playing = String(isPlaying);
    if (!isPlaying) this.#speak(entries);
  }

  #speak(entries) {
    const [first] = entries;
    const title = first ? this.stage.scene.title(this.stage.scene.rowOf.get(first.id)) : "";
    const { epoch, loss } = this.timeline;
    this.spoken.textContent = fill(this.data.texts.spoken, { epoch: epoch.textContent, loss: loss.textContent, title });
  }

  #compare(isFromStart) {
    this.isFromStart = isFromStart;
    this.show(this.player.at, 0);
  }

  #choose(row) {
    this.#setPath(this.player.at);
    if (row >= 0) this.spoken.textContent = this.stage.scene.title(row);
  }

  #setPath(at) {
    const { chosen } = this.stage;
    const places = chosen < 0 ? null : this.reel.shots.map((_, moment) => this.reel.place(moment, chosen));
    this.stage.path = places && { places, at };
  }

  // What the card beside a dot says beyond title and genres.
  #cardOf(row) {
    const { texts } = this.data;
    const id = this.stage.scene.ids[row];
    const entry = this.reel.list(this.player.at, this.player.at).find((one) => one.id === id);
    const fact = entry ? fill(texts.card_stars, { rank: entry.rank, stars: entry.stars.toFixed(2) }) : null;
    const isChosen = row === this.stage.chosen;
    return { key: `${this.player.at} ${isChosen}`, fact, foot: isChosen ? texts.card_open : texts.path };
  }

  #open(row) {
    if (row >= 0) go(linkTo(this.data.link, this.stage.scene.ids[row]));
  }

  #take(name, rows) {
    takeHome(`${this.data.model}-${name}`, rows);
  }

  #topRows() {
    const { texts } = this.data;
    const { scene } = this.stage;
    const head = ["epoch", "rank", "movie", "title", "stars"].map((name) => texts[`col_${name}`]);
    const rows = this.reel.shots.flatMap(({ epoch }, at) => this.reel.list(at, at).map(({ id, rank, stars }) =>
      [epoch, rank, id, scene.title(scene.rowOf.get(id)), Number(stars.toFixed(4))]));
    return [head, ...rows];
  }

  // Space plays, comma and point step, wherever in the theatre one is; controls keep their own keys.
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const inControl = /^(BUTTON|SELECT)$/.test(event.target.tagName);
    if (event.key === " " && !inControl && event.target.type !== "checkbox") this.player.toggle();
    else if (event.key === ",") this.player.go(this.player.at - 1);
    else if (event.key === ".") this.player.go(this.player.at + 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  destroy() {
    this.isGone = true;
    this.player.destroy();
    this.stage.destroy();
    this.norms.destroy();
    this.root.remove();
  }
}

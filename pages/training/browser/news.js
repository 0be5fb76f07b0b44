// The entry: how far the run under way is. It asks the server once a second (a few hundred bytes, made without a rerun),
// draws what changes all the time, and tells the page when something else of it is to be drawn anew.

import { make } from "../../kit/browser/dom.js";
import { mount } from "../../kit/browser/mount.js";
import { styles } from "./styles.js";

const EVERY_MS = 1000;
const AGAIN_MS = 5000; // a page that did not hear is told once more

class News {
  constructor(parent, data, send) {
    this.send = send;
    this.root = make("div", "news");
    this.root.hidden = true;
    this.headline = make("div", "headline");
    this.bar = make("progress");
    this.numbers = make("div", "numbers");
    this.root.append(make("style", "", styles), this.headline, this.bar, this.numbers);
    parent.append(this.root);
    this.timer = setInterval(() => this.ask(), EVERY_MS);
  }

  update(data) {
    this.data = data;
    this.toldAt ??= -AGAIN_MS;
    this.told = null;
    this.show(data.news);
  }

  async ask() {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const { address, visitor } = this.data;
      const response = await fetch(new URL(`${address}?at=${visitor}`, document.baseURI));
      if (this.isGone) return;
      if (response.ok) this.hear(await response.json());
      else if (response.status === 404) this.send("lost", address);
    } catch {
      // The server is away for a moment; the page itself says so.
    } finally {
      this.isAsking = false;
    }
  }

  hear({ looks, news }) {
    if (this.isGone) return;
    if (news) this.show(news);
    const look = looks[this.data.name];
    const now = performance.now();
    if (look === this.data.look || now - this.toldAt < (this.told === look ? AGAIN_MS : this.data.gap)) return;
    Object.assign(this, { told: look, toldAt: now });
    this.send("changed", look);
  }

  show(news) {
    this.root.hidden = !news;
    if (!news) return;
    this.headline.textContent = news.headline;
    this.bar.value = news.share;
    this.bar.setAttribute("aria-label", news.headline);
    while (this.numbers.children.length > news.numbers.length) this.numbers.lastChild.remove();
    news.numbers.forEach(({ label, value, help }, at) => {
      const item = this.numbers.children[at] ?? this.numbers.appendChild(this.#number());
      const [name, shown] = item.children;
      if (name.textContent !== label) name.textContent = label;
      name.title = help;
      if (shown.textContent !== value) shown.textContent = value;
    });
  }

  #number() {
    const item = make("div", "number");
    item.append(make("span", "name"), make("b", "value"));
    return item;
  }

  destroy() {
    this.isGone = true;
    clearInterval(this.timer);
    this.root.remove();
  }
}

export const component = mount(News);

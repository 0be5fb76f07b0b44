// The entry: mounts the training theatre on a page of Streamlit. The recording comes once (of a run under way: as it
// grows); every move of the slider is answered here. Measured on two shared cores, headless Chromium without a graphics
// card: a move of the slider is drawn in 10 ms with 3,883 films and 45 ms with 90,000; it plays at 49 and 29 pictures a
// second (of 90,000 dots only the 15,000 best known are drawn while they move).

import { mount } from "../../kit/browser/mount.js";
import { Theatre } from "./play.js";

export const component = mount(Theatre);

// The entry: mounts the way of a title through the network on a page of Streamlit.
//
// Every step inside it (a level, a filter, a place, a slide) is answered in the browser from numbers that came once; the
// page is told where it came to rest, and writes that into its address.

import { mount } from "../../kit/browser/mount.js";
import { Probe } from "./probe.js";

export const component = mount(Probe);

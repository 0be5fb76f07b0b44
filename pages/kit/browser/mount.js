// The life of every component on a page of Streamlit: made once for its place, told what is new, ended when it leaves.
//
// Streamlit calls a component anew with every change of its data or of the theme, and awaits the code each time. It calls
// the function that is returned when the component leaves the page; of a call that was overtaken it calls it as well, and
// may do so before, between and after what the newer call does. So a call knows by `matineeCall` (loader.js writes it
// before it waits) whether it still is the newest, and only the newest one ends what stands there.

// Kind: class with constructor(parent, data, send), update(data), which is called at once too, and destroy().
// send(event, value) tells the page; it is silent once the component has left.
export function mount(Kind) {
  return ({ data, parentElement: parent, setTriggerValue }) => {
    const call = parent.matineeCall;
    if (!(parent.matineeMounted?.part instanceof Kind)) close(parent); // nothing, or what older code has made
    if (!parent.isConnected) return close(parent); // it left the page while this code came
    let mounted = parent.matineeMounted;
    if (mounted) mounted.tell = setTriggerValue;
    else {
      mounted = { tell: setTriggerValue };
      const send = (event, value) => mounted.tell?.(event, value);
      mounted.part = new Kind(parent, data, send);
      parent.matineeMounted = mounted;
    }
    mounted.part.update(data);
    return () => {
      if (parent.matineeCall === call || !parent.isConnected) close(parent);
    };
  };
}

function close(parent) {
  const mounted = parent.matineeMounted;
  if (!mounted) return;
  parent.matineeMounted = mounted.tell = null;
  mounted.part.destroy();
}

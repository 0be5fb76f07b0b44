// What Streamlit sends with every mounting: it fetches a component's code, which the browser then keeps, and calls it.
export default async function (component) {
  const { default: draw } = await import(new URL(component.data.code, document.baseURI).href);
  return draw(component);
}

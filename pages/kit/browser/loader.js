// Sent with every mounting: fetches a component's code, which the browser keeps, and calls it unless a newer call came.
export default async function (component) {
  const call = (component.parentElement.matineeCall = {});
  const { default: draw } = await import(new URL(component.data.code, document.baseURI).href);
  if (component.parentElement.matineeCall === call) return draw(component);
}

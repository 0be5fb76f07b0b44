// The dots, drawn by WebGL 2. Where there is no graphics card each dot and each covered pixel costs time: dots are small,
// and drawn only when they changed (film_map.js decides).

const POINT_VERTEX = `#version 300 es
in vec2 from;
in vec2 to;
in float size;
in vec4 color;
uniform float moved;    // 0: at from, 1: at to
uniform vec2 center;
uniform vec2 scale;
uniform vec3 diameter;  // smallest, growth, pixels for each CSS pixel
out vec4 paint;
out float pixels;
out float rim;          // width of the rim
void main() {
  vec2 place = (mix(from, to, moved) - center) * scale;
  gl_Position = color.a == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(place, 0.0, 1.0);
  pixels = (diameter.x + diameter.y * sqrt(size)) * diameter.z;
  gl_PointSize = pixels + (pixels > 3.0 ? 1.0 : 0.0);
  rim = pixels > 6.0 * diameter.z ? 0.7 * diameter.z : -2.0;
  paint = color;
}`;

// A disc with a soft edge; large ones have a rim in the colour of the ground, so that neighbours stay apart.
const POINT_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 paint;
in float pixels;
in float rim;
uniform vec3 ground;
uniform float strength;
out vec4 result;
void main() {
  float inside = 0.5 * pixels - length(gl_PointCoord - 0.5) * (pixels + (pixels > 3.0 ? 1.0 : 0.0));
  float alpha = clamp(inside + 0.5, 0.0, 1.0) * paint.a * strength;
  result = vec4(mix(ground, paint.rgb, clamp(inside - rim, 0.0, 1.0)) * alpha, alpha);
}`;

export class Painter {
  // canvas: shared by all panels, since browsers allow few WebGL contexts. Throws where there is no WebGL 2.
  constructor(canvas) {
    this.canvas = canvas;
    const options = { alpha: true, antialias: false, depth: false, stencil: false, preserveDrawingBuffer: false };
    this.gl = canvas.getContext("webgl2", options);
    if (!this.gl) throw new Error("no WebGL 2");
    this.build();
  }

  // Everything that lives on the graphics card; anew after a lost context.
  build() {
    const { gl } = this;
    this.points = program(gl, POINT_VERTEX, POINT_FRAGMENT, ["from", "to", "size", "color"]);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.SCISSOR_TEST);
  }

  buffer(data, old) {
    const { gl } = this;
    const buffer = old ?? gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    return buffer;
  }

  // In which order the dots are drawn: the first ones lie below.
  order(rows, old) {
    const { gl } = this;
    const buffer = old ?? gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, rows, gl.STATIC_DRAW);
    return buffer;
  }

  // Let go of buffers that nothing is drawn from any more.
  drop(...buffers) {
    for (const buffer of new Set(buffers)) if (buffer) this.gl.deleteBuffer(buffer);
  }

  // Begin a picture: size in CSS pixels, and pixels for each of them.
  begin(width, height, ratio) {
    const { gl, canvas } = this;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    this.ratio = ratio;
    this.height = height;
    gl.scissor(0, 0, wide, high);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  // view: { camera, buffers: { from, to, size, color, order }, count, moved, diameter: [smallest, growth], strength }
  panel(view, theme) {
    const { gl, ratio } = this;
    const { box } = view.camera;
    const area = [box.left, this.height - box.top - box.height, box.width, box.height].map((v) => Math.round(v * ratio));
    gl.viewport(...area);
    gl.scissor(...area);
    const scale = [(2 * view.camera.scale) / box.width, (2 * view.camera.scale) / box.height];
    this.#points(view, scale, theme);
  }

  #points({ camera, buffers, count, moved, diameter, strength }, scale, theme) {
    const { gl } = this;
    const { program: chosen, places } = this.points;
    gl.useProgram(chosen);
    gl.uniform1f(gl.getUniformLocation(chosen, "moved"), moved);
    gl.uniform2f(gl.getUniformLocation(chosen, "center"), camera.x, camera.y);
    gl.uniform2f(gl.getUniformLocation(chosen, "scale"), ...scale);
    gl.uniform3f(gl.getUniformLocation(chosen, "diameter"), ...diameter, this.ratio);
    gl.uniform3f(gl.getUniformLocation(chosen, "ground"), ...theme.ground.map((value) => value / 255));
    gl.uniform1f(gl.getUniformLocation(chosen, "strength"), strength);
    attribute(gl, places.from, buffers.from, 2, gl.FLOAT);
    attribute(gl, places.to, buffers.to, 2, gl.FLOAT);
    attribute(gl, places.size, buffers.size, 1, gl.FLOAT);
    attribute(gl, places.color, buffers.color, 4, gl.UNSIGNED_BYTE, true);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers.order);
    gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 0);
    for (const place of Object.values(places)) gl.disableVertexAttribArray(place);
  }

  // Give the context back at once: browsers keep only a few.
  destroy() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function attribute(gl, place, buffer, size, type, normalized = false) {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, type, normalized, 0, 0);
}

function program(gl, vertex, fragment, attributes) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`WebGL: ${gl.getProgramInfoLog(made)}`);
  }
  return { program: made, places: Object.fromEntries(attributes.map((n) => [n, gl.getAttribLocation(made, n)])) };
}

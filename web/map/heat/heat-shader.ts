/** How a fragment of the heat finds its colour: which band its value lies in, the band's edge softened over one pixel. */

export const BANDS_AT_MOST = 7

export const VERTEX = `#version 300 es
uniform mat4 u_matrix;
in vec2 a_place;
out vec2 v_place;
void main() {
  v_place = a_place;
  gl_Position = u_matrix * vec4(a_place, 0.0, 1.0);
}`

/** The field is read as a cubic B-spline in four linear samples (Sigg and Hadwiger, GPU Gems 2, chapter 20): contours without corners. */
export const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D u_field;
uniform vec4 u_rows;
uniform vec2 u_size;
uniform float u_bounds[${BANDS_AT_MOST}];
uniform vec3 u_colours[${BANDS_AT_MOST}];
uniform int u_count;
uniform int u_cells;
in vec2 v_place;
out vec4 colour;

float smoothField(vec2 cell) {
  vec2 at = cell - 0.5;
  vec2 f = fract(at);
  vec2 base = floor(at);
  vec2 g = 1.0 - f;
  vec2 w0 = g * g * g / 6.0;
  vec2 w1 = (4.0 - 3.0 * f * f * (2.0 - f)) / 6.0;
  vec2 w3 = f * f * f / 6.0;
  vec2 w2 = 1.0 - w0 - w1 - w3;
  vec2 near = w0 + w1;
  vec2 far = w2 + w3;
  vec2 a = (base - 0.5 + w1 / near) / u_size;
  vec2 b = (base + 1.5 + w3 / far) / u_size;
  return near.y * (near.x * texture(u_field, a).r + far.x * texture(u_field, vec2(b.x, a.y)).r)
    + far.y * (near.x * texture(u_field, vec2(a.x, b.y)).r + far.x * texture(u_field, b).r);
}

void main() {
  float s = v_place.y;
  vec2 cell = vec2(v_place.x, u_rows.x + s * (u_rows.y + s * (u_rows.z + s * u_rows.w)));
  // Beyond the field there is nothing, and a texture would repeat its rim.
  if (any(lessThan(cell, vec2(0.0))) || any(greaterThanEqual(cell, u_size))) discard;
  float value = u_cells > 0 ? texelFetch(u_field, ivec2(floor(cell)), 0).r : smoothField(cell);
  vec4 ink = vec4(0.0);
  if (u_cells > 0) {
    for (int n = 0; n < u_count; n++) if (value >= u_bounds[n]) ink = vec4(u_colours[n], 1.0);
    // Unless one number is spread over many (2), a gap between cells, of one pixel and a half, where they are large enough to spare it.
    vec2 pixels = fwidth(cell);
    vec2 rim = min(fract(cell), 1.0 - fract(cell)) / pixels;
    if (u_cells == 1 && max(pixels.x, pixels.y) < 0.16 && min(rim.x, rim.y) < 0.75) ink *= 0.35;
  } else {
    float pixel = max(fwidth(value), 1e-6);
    for (int n = 0; n < u_count; n++) {
      float inside = clamp((value - u_bounds[n]) / pixel + 0.5, 0.0, 1.0);
      ink = mix(ink, vec4(u_colours[n], 1.0), inside);
    }
  }
  colour = ink;
}`

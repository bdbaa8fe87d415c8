/** What the graphics card computes. Lengths in km, axes inertial unless a name says otherwise. */
import { EARTH_KM, POLAR_KM } from './space.js';

const head = 'precision highp float;\nprecision highp int;\n';

/**
 * The state between two knots: the same quintic as `stateBetween` in app/knots.js. The weights of position, velocity
 * and acceleration come ready from there, in double precision. A row without a valid state has zeros.
 */
const PLACE = `
uniform vec2 weight_p, weight_v, weight_a;
in vec3 p0, v0, p1, v1;
vec3 acceleration(vec3 p) {
  float r2 = dot(p, p);
  float r = sqrt(r2);
  float f = 1.5 * 1.08262668e-3 * (6378.137 * 6378.137) / r2;
  float u = 5.0 * p.z * p.z / r2;
  return -398600.4418 / (r2 * r) * p * (1.0 + f * vec3(1.0 - u, 1.0 - u, 3.0 - u));
}
bool valid() { return dot(p0, p0) > 1.0 && dot(p1, p1) > 1.0; }
vec3 place() {
  return weight_p.x * p0 + weight_p.y * p1 + weight_v.x * v0 + weight_v.y * v1
    + weight_a.x * acceleration(p0) + weight_a.y * acceleration(p1);
}`;

/** Does the Earth stand between the eye and a place? */
const HIDDEN = `
uniform vec3 eye;
bool behind_earth(vec3 p) {
  const vec3 scale = vec3(${1 / EARTH_KM}, ${1 / EARTH_KM}, ${1 / POLAR_KM});
  vec3 from = eye * scale;
  vec3 way = p * scale - from;
  float at = -dot(from, way) / dot(way, way);
  vec3 nearest = from + at * way;
  return at > 0.0 && at < 1.0 && dot(nearest, nearest) < 0.999;
}`;

const OFF = 'gl_Position = vec4(2.0, 2.0, 2.0, 1.0); gl_PointSize = 0.0;';

/** kind: shape, 1 when shown, 1 when watched. */
export const cloudVertex = `${head}${PLACE}${HIDDEN}
uniform mat4 projectionMatrix, modelViewMatrix;
uniform float size, reference, low_fade;
in vec4 tint, kind;
out vec4 colour;
flat out float shape, pixels, watched;
void main() {
  shape = kind.x; watched = kind.z; colour = tint; pixels = 0.0;
  if (kind.y < 0.5 || !valid()) { ${OFF} return; }
  vec3 p = place();
  if (behind_earth(p)) { ${OFF} return; }
  vec4 seen = modelViewMatrix * vec4(p, 1.0);
  gl_Position = projectionMatrix * seen;
  float near = clamp(sqrt(reference / max(-seen.z, 1.0)), 0.7, 1.8);
  pixels = size * near * (shape == 2.0 ? 0.85 : 1.0);
  // From far away all of low orbit falls on a few pixels: it thins out there, or the Earth drowns in it.
  float thin = mix(1.0, low_fade, 1.0 - smoothstep(8500.0, 14000.0, length(p)));
  colour.a *= thin;
  pixels *= mix(0.7, 1.0, thin);
  if (watched > 0.5) { pixels = max(pixels * 1.6, 9.0); colour.a = 1.0; }
  gl_PointSize = pixels;
}`;

/** Circle, triangle, cross, diamond, as soon as there is room for a shape; a ring around what is watched. */
export const cloudFragment = `${head}
in vec4 colour;
flat in float shape, pixels, watched;
out vec4 drawn;
bool inside(vec2 q, float grown) {
  if (shape < 0.5) return dot(q, q) < 0.8 * grown;
  if (shape < 1.5) return q.y < 0.75 * grown && abs(q.x) < (q.y + 0.95 * grown) * 0.55;
  if (shape < 2.5) return min(abs(q.x - q.y), abs(q.x + q.y)) < 0.32 * grown && max(abs(q.x), abs(q.y)) < 0.9;
  return abs(q.x) + abs(q.y) < 0.95 * grown;
}
void main() {
  vec2 q = gl_PointCoord * 2.0 - 1.0;
  if (watched > 0.5) {
    float r = length(q);
    if (r > 0.78 && r < 1.0) { drawn = vec4(1.0, 0.83, 0.24, 1.0); return; }
    q *= 1.7;
  }
  if (pixels < 4.0 ? dot(q, q) > 1.3 : !inside(q, 1.0)) discard;
  drawn = colour;
}`;

/** Where each object is, one pixel each, for the test that compares with the propagator. */
export const probeVertex = `${head}${PLACE}
in float pixel;
uniform float count;
out vec4 found;
void main() {
  found = valid() ? vec4(place(), 1.0) : vec4(0.0);
  gl_Position = vec4((pixel + 0.5) / count * 2.0 - 1.0, 0.0, 0.0, 1.0);
  gl_PointSize = 1.0;
}`;
export const probeFragment = `${head}in vec4 found; out vec4 drawn; void main() { drawn = found; }`;

/** A ring around the selected, the compared and the pointed-at object, faint behind the Earth. */
export const markVertex = `${head}${HIDDEN}
uniform mat4 projectionMatrix, modelViewMatrix;
uniform float ratio;
in vec3 position;
in vec4 tint;
out vec4 colour;
void main() {
  colour = tint;
  if (tint.a == 0.0) { ${OFF} return; }
  if (behind_earth(position)) colour.a *= 0.45;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  gl_PointSize = 22.0 * ratio;
}`;
export const markFragment = `${head}
in vec4 colour;
out vec4 drawn;
void main() {
  float r = length(gl_PointCoord * 2.0 - 1.0);
  float ring = smoothstep(0.70, 0.76, r) * (1.0 - smoothstep(0.90, 0.98, r));
  float dot_ = 1.0 - smoothstep(0.2, 0.3, r);
  float a = max(ring, dot_) * colour.a;
  if (a < 0.02) discard;
  drawn = vec4(colour.rgb, a);
}`;

/** Lines of a width in pixels: each point comes twice, moved to either side of the line's way on the screen. */
export const ribbonVertex = `${head}${HIDDEN}
uniform mat4 projectionMatrix, modelViewMatrix, modelMatrix;
uniform vec2 window;
uniform float width, faint, fading;
in vec3 position, ahead;
in float side, along;
out float strength, way;
void main() {
  vec4 here = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  vec4 next = projectionMatrix * modelViewMatrix * vec4(ahead, 1.0);
  bool hid = behind_earth((modelMatrix * vec4(position, 1.0)).xyz);
  strength = (hid ? faint : 1.0) * mix(1.0, mix(0.35, 1.0, along), fading);
  way = along;
  vec2 course = (next.xy / max(next.w, 1.0) - here.xy / max(here.w, 1.0)) * window;
  float l = length(course);
  vec2 across = l > 1e-6 ? vec2(-course.y, course.x) / l : vec2(0.0);
  if (here.w <= 1.0 || next.w <= 1.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  gl_Position = here + vec4(across * side * width / window * here.w, 0.0, 0.0);
}`;
export const ribbonFragment = `${head}
uniform vec4 paint;
uniform float dashes;
in float strength, way;
out vec4 drawn;
void main() {
  if (dashes > 0.0 && fract(way * dashes) > 0.6) discard;
  drawn = vec4(paint.rgb, paint.a * strength); if (drawn.a < 0.02) discard; }`;

/** The ground: texture by day, dim by night, a rim of air. Axes Earth-fixed. */
export const earthVertex = `${head}
uniform mat4 projectionMatrix, modelViewMatrix;
in vec3 position, normal;
in vec2 uv;
out vec3 up, at;
out vec2 st;
void main() { up = normal; at = position; st = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`;
export const earthFragment = `${head}
uniform sampler2D picture;
uniform vec3 sun, eye_fixed;
uniform float pictured, night, dim;
in vec3 up, at;
in vec2 st;
out vec4 drawn;
void main() {
  vec3 n = normalize(up);
  vec3 ground = mix(vec3(0.10, 0.20, 0.34), texture(picture, st).rgb, pictured) * dim;
  float height = dot(n, sun);
  float day = smoothstep(-0.10, 0.12, height);
  ground *= mix(1.0, mix(0.42, 1.0, day), night);
  ground += night * vec3(0.09, 0.06, 0.02) * (1.0 - smoothstep(0.0, 0.05, abs(height)));
  float rim = pow(1.0 - max(dot(n, normalize(eye_fixed - at)), 0.0), 3.0);
  drawn = vec4(ground + rim * vec3(0.10, 0.22, 0.36) * mix(1.0, mix(0.4, 1.0, day), night), 1.0);
}`;
export const coastVertex = `${head}
uniform mat4 projectionMatrix, modelViewMatrix;
uniform vec3 eye_fixed;
in vec3 position;
out float facing;
void main() { facing = dot(eye_fixed - position, position); gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`;
export const coastFragment = `${head}
uniform vec4 paint;
in float facing;
out vec4 drawn;
void main() { if (facing < 0.0) discard; drawn = paint; }`;

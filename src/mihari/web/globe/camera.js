/** Where one looks from: around the Earth, or around an object that is followed. Angles, rad; lengths, km. */
import { PerspectiveCamera, Vector3 } from 'three';
import { EARTH_KM, turn } from './space.js';

const FIELD_DEG = 40;
const LOWEST_KM = 100;
const FARTHEST_KM = 1000000;
const NEAREST_TO_OBJECT_KM = 100;
export const LEO_KM = 8300;
const POLE = Math.PI / 2 - 0.02;
/** An object that is looked for is seen from this far beside it, so that its orbit is a ring and no line, rad. */
const BESIDE = 0.45;
const GLIDE_MS = 700;
const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

export function createRig() {
  const camera = new PerspectiveCamera(FIELD_DEG, 1, 1, 3e6);
  // Longitude and latitude of the eye in the chosen frame; around an object, from straight above it.
  const rig = { camera, lon: 0, lat: 0.35, distance: 0, aside: 0, above: -0.35, near: 0, fitted: true, following: false, frame: 'inertial' };
  const eye = new Vector3();
  const out = [0, 0, 0];
  const halfField = () => {
    const half = (FIELD_DEG * Math.PI) / 360;
    return camera.aspect < 1 ? Math.atan(Math.tan(half) * camera.aspect) : half;
  };
  let reach = LEO_KM;
  let glide = null;
  /** All that is nearer than `radius` in view; it stays so when the canvas changes, until one zooms. */
  rig.fit = (radius = reach) => {
    reach = radius;
    rig.distance = reach / Math.sin(halfField());
    rig.fitted = true;
  };
  /**
   * Turn until an object is before the Earth, its distance in the frame.
   * @param {Float64Array} state inertial @param {Float64Array} m Earth-fixed from inertial @param {boolean} cut at once, no glide
   */
  rig.show = (state, m, cut) => {
    const from = { lon: rig.lon, lat: rig.lat, distance: rig.distance };
    const [x, y, z] = rig.frame === 'earth' ? turn(m, state[0], state[1], state[2], out) : state;
    const radius = Math.hypot(x, y, z);
    rig.lon = Math.atan2(y, x) - BESIDE;
    rig.lat = clamp(Math.asin(clamp(z / radius, -1, 1)) * 0.5 + 0.25, -POLE, POLE);
    rig.fit(Math.max(LEO_KM, radius * 1.08));
    const around = Math.round((rig.lon - from.lon) / (2 * Math.PI)) * 2 * Math.PI;
    glide = cut ? null : { ...from, lon: from.lon + around, begun: performance.now() };
  };
  /** Where the eye is on its way to where it was sent. */
  const underway = () => {
    const s = glide ? (performance.now() - glide.begun) / GLIDE_MS : 1;
    if (s >= 1) glide = null;
    const part = glide ? s * s * (3 - 2 * s) : 1;
    const mix = (name) => (glide ? glide[name] + (rig[name] - glide[name]) * part : rig[name]);
    return { lon: mix('lon'), lat: mix('lat'), distance: mix('distance') };
  };
  rig.isGliding = () => glide !== null;
  rig.resize = (width, height) => {
    camera.aspect = width / Math.max(1, height);
    camera.updateProjectionMatrix();
    if (rig.fitted) rig.fit();
  };
  /** Kilometres that a pixel spans at what is looked at. */
  rig.kmPerPixel = (height) => ((rig.following ? rig.near : Math.max(rig.distance - EARTH_KM, LOWEST_KM)) * 2 * Math.tan((FIELD_DEG * Math.PI) / 360)) / Math.max(1, height);
  /** 1 with the whole Earth in view, more when nearer; less when farther. */
  rig.closeness = () => clamp((18000 / (rig.following ? rig.near : rig.distance - EARTH_KM)) ** 0.4, 0.75, 2.8);
  /** How much of the points near the Earth is left: from far away they are drawn over each other. */
  rig.lowFade = () => (rig.following ? 1 : clamp((30000 / eye.length()) ** 1.6, 0.05, 1));
  /** Is the eye farther out than for low orbits because it was sent there? */
  rig.isAway = () => rig.fitted && reach > LEO_KM;
  rig.rotate = (dx, dy, height) => {
    glide = null;
    const angle = rig.following ? 0.005 : clamp(rig.kmPerPixel(height) / EARTH_KM, 1e-5, 0.006);
    if (rig.following) {
      rig.aside -= dx * angle;
      rig.above = clamp(rig.above + dy * angle, -POLE, POLE);
    } else {
      rig.lon -= dx * angle;
      rig.lat = clamp(rig.lat + dy * angle, -POLE, POLE);
    }
  };
  rig.zoom = (factor) => {
    glide = null;
    rig.fitted = false;
    if (rig.following) rig.near = clamp(rig.near * factor, NEAREST_TO_OBJECT_KM, FARTHEST_KM);
    else rig.distance = EARTH_KM + clamp((rig.distance - EARTH_KM) * factor, LOWEST_KM, FARTHEST_KM);
  };
  /** Look from above an Earth-fixed longitude and latitude. */
  rig.over = (lon, lat, m) => {
    glide = null;
    const fixed = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
    const [x, y, z] = rig.frame === 'earth' ? fixed : turn(m, ...fixed, out, true);
    rig.lon = Math.atan2(y, x);
    rig.lat = clamp(Math.asin(clamp(z, -1, 1)), -POLE, POLE);
  };
  /** Keep looking at the same ground when the frame changes. */
  rig.setFrame = (frame, m) => {
    if (frame === rig.frame) return;
    glide = null;
    const here = direction(rig.lon, rig.lat);
    const [x, y] = turn(m, ...here, out, frame === 'inertial');
    rig.frame = frame;
    rig.lon = Math.atan2(y, x);
  };
  rig.follow = (on) => {
    if (on === rig.following) return;
    rig.fitted = false;
    if (on) {
      rig.near = Math.max(1500, (rig.distance - EARTH_KM) * 0.6);
      rig.aside = 0;
      rig.above = -0.35;
    } else {
      // Stay where the eye is, and look at the Earth again.
      const length = Math.max(eye.length(), EARTH_KM + LOWEST_KM);
      const [x, y, z] = rig.frame === 'earth' ? turn(rig.m, eye.x, eye.y, eye.z, out) : [eye.x, eye.y, eye.z];
      rig.lon = Math.atan2(y, x);
      rig.lat = clamp(Math.asin(clamp(z / eye.length(), -1, 1)), -POLE, POLE);
      rig.distance = length;
    }
    rig.following = on;
  };
  /**
   * Place the camera. @param {Float64Array} m Earth-fixed from inertial @param {Float64Array|null} object its state
   * @returns {Vector3} the eye, inertial
   */
  rig.place = (m, object) => {
    rig.m = m;
    if (rig.following && object && Number.isFinite(object[0])) around(object);
    else {
      const { lon, lat, distance } = underway();
      const d = direction(lon, lat);
      const [x, y, z] = rig.frame === 'earth' ? turn(m, ...d, out, true) : d;
      eye.set(x, y, z).multiplyScalar(distance);
      camera.up.set(0, 0, 1);
      camera.position.copy(eye);
      camera.lookAt(0, 0, 0);
    }
    camera.updateMatrixWorld();
    return eye;
  };
  /** Behind and above an object, with the orbit's normal up, so that nothing flips over at the poles. */
  function around(state) {
    const at = new Vector3(state[0], state[1], state[2]);
    const radial = at.clone().normalize();
    const normal = new Vector3().crossVectors(at, new Vector3(state[3], state[4], state[5])).normalize();
    const along = new Vector3().crossVectors(normal, radial);
    const c = Math.cos(rig.above);
    eye.copy(at).addScaledVector(radial, rig.near * c * Math.cos(rig.aside))
      .addScaledVector(along, rig.near * c * Math.sin(rig.aside)).addScaledVector(normal, rig.near * Math.sin(rig.above));
    const length = eye.length();
    if (length < EARTH_KM + LOWEST_KM) eye.multiplyScalar((EARTH_KM + LOWEST_KM) / length);
    camera.up.copy(normal);
    camera.position.copy(eye);
    camera.lookAt(at);
  }
  return rig;
}

const direction = (lon, lat) => [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];

/** All objects as one set of points; the card moves them between two knots without any work per frame here. */
import { BufferAttribute, BufferGeometry, GLSL3, Points, RawShaderMaterial, Vector2, Vector3 } from 'three';
import { quintic } from '../app/knots.js';
import { cloudFragment, cloudVertex } from './shaders.js';

const SLOTS = 4;
/** Floats handed to the card per frame, 0.5 MB: a knot that was fetched ahead of time costs no frame much. */
const PIECE = 131072;

/** The rows of the catalogue that are drawn: all, or `most` of them, evenly taken (test mode). */
export function drawnRows(count, most) {
  const size = Math.min(count, most || count);
  return Int32Array.from({ length: size }, (_, k) => Math.floor((k * count) / size));
}

/** The uniforms that place objects; shared by all materials that do. */
export const placing = () => ({
  weight_p: { value: new Vector2() }, weight_v: { value: new Vector2() }, weight_a: { value: new Vector2() },
});

/** Set the weights for `tau` seconds into a step. */
export function weigh(uniforms, tau, step) {
  const c = quintic(tau / step);
  uniforms.weight_p.value.set(c.p0, c.p1);
  uniforms.weight_v.value.set(c.v0 * step, c.v1 * step);
  uniforms.weight_a.value.set(c.a0 * step * step, c.a1 * step * step);
}

export function createCloud(data, rows, shared) {
  const size = rows.length;
  const geometry = new BufferGeometry();
  // Few buffers, filled again and again: memory stays the same however long time runs.
  const slots = Array.from({ length: SLOTS }, () => ({
    k: null, used: 0, left: 0, position: new BufferAttribute(new Float32Array(size * 3), 3),
    velocity: new BufferAttribute(new Float32Array(size * 3), 3),
  }));
  const tint = new BufferAttribute(new Uint8Array(size * 4), 4, true);
  const kind = new BufferAttribute(new Uint8Array(size * 4), 4);
  geometry.setAttribute('tint', tint);
  geometry.setAttribute('kind', kind);
  geometry.setDrawRange(0, size);
  const uniforms = { ...shared, ...placing(), size: { value: 2 }, reference: { value: 1e4 }, low_fade: { value: 1 } };
  const material = new RawShaderMaterial({
    glslVersion: GLSL3, vertexShader: cloudVertex, fragmentShader: cloudFragment, uniforms,
    transparent: true, depthTest: false, depthWrite: false,
  });
  const points = new Points(geometry, material);
  points.frustumCulled = false;
  points.visible = false;
  let round = 0;
  /** How many that the filter shows have no valid state at both knots. */
  const count = () => {
    const [a, b] = cloud.positions ?? [];
    let lost = 0;
    for (let k = 0; a && k < size; k += 1) {
      const at = k * 3;
      const gone = (a[at] === 0 && a[at + 1] === 0 && a[at + 2] === 0) || (b[at] === 0 && b[at + 1] === 0 && b[at + 2] === 0);
      if (gone && kind.array[k * 4 + 1] === 1) lost += 1;
    }
    cloud.invalid = lost;
  };
  const cloud = {
    data, rows, points, uniforms, bound: null, before: null, after: null, positions: null, invalid: 0,
    /** Put a knot's states into a slot ahead of their use. */
    fill(k, states, keep = []) {
      round += 1;
      let slot = slots.find((each) => each.k === k);
      if (!slot) {
        slot = slots.filter((each) => !keep.includes(each.k)).reduce((a, b) => (a.used <= b.used ? a : b));
        split(states, rows, slot.position.array, slot.velocity.array);
        const place = slots.indexOf(slot);
        // A buffer that the card has not seen goes there whole; later ones in pieces.
        slot.left = geometry.hasAttribute(`position_${place}`) ? size * 6 : 0;
        geometry.setAttribute(`position_${place}`, slot.position);
        geometry.setAttribute(`velocity_${place}`, slot.velocity);
        slot.k = k;
      }
      slot.used = round;
      return slot;
    },
    /** Move between knots k and k + 1 from now on. */
    bind(k, before, after) {
      const first = cloud.fill(k, before, [k + 1]);
      const second = cloud.fill(k + 1, after, [k]);
      hand(first, first.left);
      hand(second, second.left);
      geometry.setAttribute('p0', first.position);
      geometry.setAttribute('v0', first.velocity);
      geometry.setAttribute('p1', second.position);
      geometry.setAttribute('v1', second.velocity);
      Object.assign(cloud, { bound: k, before, after, positions: [first.position.array, second.position.array] });
      count();
      points.visible = true;
    },
    at(tau, step) {
      weigh(uniforms, tau, step);
    },
    /** Hand a piece of what was fetched ahead to the card. */
    upload() {
      const slot = slots.find((each) => each.left > 0);
      if (slot) hand(slot, PIECE);
    },
    /** Colour, shape and whether shown, for every drawn row. @param {(row: number, k: number) => void} write */
    paint(write) {
      rows.forEach((row, k) => write(row, k, tint.array, kind.array));
      tint.needsUpdate = true;
      kind.needsUpdate = true;
      count();
    },
    /** Is a drawn row shown by the filter? */
    isShown: (k) => kind.array[k * 4 + 1] === 1,
    dispose() {
      geometry.dispose();
      material.dispose();
    },
  };
  return cloud;
}

/** Mark the next `count` floats of a slot to be sent: positions first, then velocities. */
function hand(slot, count) {
  const size = slot.position.array.length;
  for (let room = Math.min(count, slot.left); room > 0;) {
    const done = 2 * size - slot.left;
    const attribute = done < size ? slot.position : slot.velocity;
    const from = done % size;
    const part = Math.min(room, size - from);
    attribute.addUpdateRange(from, part);
    attribute.needsUpdate = true;
    slot.left -= part;
    room -= part;
  }
}

/** Positions and velocities apart; what has no valid state becomes zero, which the shader does not draw. */
function split(states, rows, position, velocity) {
  for (let k = 0; k < rows.length; k += 1) {
    const from = rows[k] * 6;
    const to = k * 3;
    const known = Number.isFinite(states[from]) && Number.isFinite(states[from + 3]);
    for (let i = 0; i < 3; i += 1) {
      position[to + i] = known ? states[from + i] : 0;
      velocity[to + i] = known ? states[from + 3 + i] : 0;
    }
  }
}

/** The uniforms that every material with the Earth in its way needs. */
export const seeing = () => ({ eye: { value: new Vector3() } });

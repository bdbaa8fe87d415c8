/** A line of a width in pixels, in dashes or fainter where it begins: orbit lines and ground tracks. Its buffers grow, and are used again. */
import { BufferAttribute, BufferGeometry, DoubleSide, GLSL3, Mesh, RawShaderMaterial, Vector2, Vector4 } from 'three';
import { ribbonFragment, ribbonVertex } from './shaders.js';

export function createRibbon({ eye }, { paint, width, faint, order, dashes = 0, fading = 0 }) {
  const uniforms = {
    eye, window: { value: new Vector2(1, 1) }, width: { value: width }, faint: { value: faint },
    paint: { value: new Vector4(...paint) }, dashes: { value: dashes }, fading: { value: fading },
  };
  const material = new RawShaderMaterial({
    glslVersion: GLSL3, vertexShader: ribbonVertex, fragmentShader: ribbonFragment, uniforms, side: DoubleSide,
    transparent: true, depthTest: false, depthWrite: false,
  });
  const mesh = new Mesh(new BufferGeometry(), material);
  mesh.renderOrder = order;
  mesh.frustumCulled = false;
  mesh.visible = false;
  let room = 0;
  const grow = (count) => {
    room = Math.max(512, 2 ** Math.ceil(Math.log2(count)));
    mesh.geometry.dispose();
    mesh.geometry = new BufferGeometry();
    for (const [name, size] of [['position', 3], ['ahead', 3], ['side', 1], ['along', 1]]) {
      mesh.geometry.setAttribute(name, new BufferAttribute(new Float32Array(room * 2 * size), size));
    }
    mesh.geometry.setIndex(new BufferAttribute(new Uint32Array(room * 6), 1));
  };
  return {
    mesh, uniforms,
    /** Draw these runs of places, each x y z x y z .... */
    set(runs) {
      const total = runs.reduce((sum, run) => sum + run.length / 3, 0);
      mesh.visible = total > 1;
      if (!mesh.visible) return;
      if (total > room) grow(total);
      const { position, ahead, side, along } = mesh.geometry.attributes;
      const { index } = mesh.geometry;
      let at = 0;
      let corner = 0;
      for (const run of runs) {
        const count = run.length / 3;
        for (let k = 0; k < count; k += 1, at += 1) {
          const last = k === count - 1;
          for (let s = 0; s < 2; s += 1) {
            const to = (at * 2 + s) * 3;
            for (let i = 0; i < 3; i += 1) {
              position.array[to + i] = run[k * 3 + i];
              // The last point goes on in the way that led to it.
              ahead.array[to + i] = last ? 2 * run[k * 3 + i] - run[(k - 1) * 3 + i] : run[(k + 1) * 3 + i];
            }
            side.array[at * 2 + s] = s ? 1 : -1;
            along.array[at * 2 + s] = k / (count - 1);
          }
          if (!last) {
            const a = at * 2;
            index.array.set([a, a + 1, a + 2, a + 1, a + 3, a + 2], corner);
            corner += 6;
          }
        }
      }
      for (const each of [position, ahead, side, along, index]) each.needsUpdate = true;
      mesh.geometry.setDrawRange(0, corner);
    },
    dispose() {
      mesh.geometry.dispose();
      material.dispose();
    },
  };
}

/** Where the shader puts objects, read back: for the test that compares it with the propagator. */
import {
  BufferAttribute, BufferGeometry, FloatType, GLSL3, NearestFilter, PerspectiveCamera, Points, RGBAFormat,
  RawShaderMaterial, Scene, WebGLRenderTarget,
} from 'three';
import { placing, weigh } from './cloud.js';
import { probeFragment, probeVertex } from './shaders.js';

const MOST = 4096;

/** Positions, km, of rows of the catalogue at a moment of a step; null where the shader draws none. */
export function shaderPositions(renderer, { before, after }, rows, tau, step) {
  if (!renderer.extensions.has('EXT_color_buffer_float')) throw new Error('this device renders to no float target');
  const wanted = rows.slice(0, MOST);
  const geometry = new BufferGeometry();
  const pick = (states, from) => Float32Array.from({ length: wanted.length * 3 }, (_, k) => {
    const value = states[wanted[Math.floor(k / 3)] * 6 + from + (k % 3)];
    return Number.isFinite(value) ? value : 0;
  });
  geometry.setAttribute('p0', new BufferAttribute(pick(before, 0), 3));
  geometry.setAttribute('v0', new BufferAttribute(pick(before, 3), 3));
  geometry.setAttribute('p1', new BufferAttribute(pick(after, 0), 3));
  geometry.setAttribute('v1', new BufferAttribute(pick(after, 3), 3));
  geometry.setAttribute('pixel', new BufferAttribute(Float32Array.from(wanted, (_, k) => k), 1));
  geometry.setDrawRange(0, wanted.length);
  const uniforms = { ...placing(), count: { value: wanted.length } };
  weigh(uniforms, tau, step);
  const material = new RawShaderMaterial({ glslVersion: GLSL3, vertexShader: probeVertex, fragmentShader: probeFragment, uniforms, depthTest: false });
  const points = new Points(geometry, material);
  points.frustumCulled = false;
  const scene = new Scene();
  scene.add(points);
  const target = new WebGLRenderTarget(wanted.length, 1, {
    type: FloatType, format: RGBAFormat, minFilter: NearestFilter, magFilter: NearestFilter, depthBuffer: false,
  });
  renderer.setRenderTarget(target);
  renderer.render(scene, new PerspectiveCamera());
  const out = new Float32Array(wanted.length * 4);
  renderer.readRenderTargetPixels(target, 0, 0, wanted.length, 1, out);
  renderer.setRenderTarget(null);
  for (const each of [target, geometry, material]) each.dispose();
  return wanted.map((_, k) => (out[k * 4 + 3] > 0.5 ? [out[k * 4], out[k * 4 + 1], out[k * 4 + 2]] : null));
}

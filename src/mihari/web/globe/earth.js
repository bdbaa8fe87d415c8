/** The Earth: ground, coastlines, graticule, night. Its axes are Earth-fixed; the group is turned into the inertial scene. */
import {
  BufferAttribute, BufferGeometry, GLSL3, Group, LinearFilter, LineSegments, Mesh, RawShaderMaterial, TextureLoader,
  Vector3, Vector4,
} from 'three';
import { coastFragment, coastVertex, earthFragment, earthVertex } from './shaders.js';
import { placeOf } from './space.js';

const DEG = Math.PI / 180;

export function createEarth(changed) {
  const uniforms = {
    picture: { value: null }, sun: { value: new Vector3(1, 0, 0) }, eye_fixed: { value: new Vector3() },
    pictured: { value: 0 }, night: { value: 1 }, dim: { value: 0.68 },
  };
  const group = new Group();
  group.matrixAutoUpdate = false;
  const ground = new Mesh(ellipsoid(128, 64), new RawShaderMaterial({
    glslVersion: GLSL3, vertexShader: earthVertex, fragmentShader: earthFragment, uniforms, depthTest: false, depthWrite: false,
  }));
  ground.frustumCulled = false;
  group.add(ground);
  const grid = lines(graticule(), [0.62, 0.72, 0.84, 0.16], uniforms, 2);
  group.add(grid);
  const earth = { group, uniforms, grid, coast: null, loaded: null };
  const texture = new TextureLoader().loadAsync('/web/vendor/earth.webp').then((found) => {
    found.minFilter = LinearFilter;
    found.generateMipmaps = false;
    found.anisotropy = 1;
    uniforms.picture.value = found;
    uniforms.pictured.value = 1;
  });
  const coast = fetch('/web/vendor/coastlines.json').then((answer) => answer.json()).then((found) => {
    earth.coast = lines(found, [0.70, 0.80, 0.90, 0.55], uniforms, 3);
    group.add(earth.coast);
  });
  // Without its picture the Earth is blue; that is no reason to fail.
  earth.loaded = Promise.allSettled([texture, coast]).then(changed);
  earth.dispose = () => group.traverse(({ geometry, material }) => {
    geometry?.dispose();
    material?.dispose();
    material?.uniforms?.picture?.value?.dispose();
  });
  return earth;
}

/** The surface as a grid of latitude and longitude. */
function ellipsoid(across, down) {
  const position = [];
  const normal = [];
  const uv = [];
  const index = [];
  const out = [0, 0, 0];
  for (let j = 0; j <= down; j += 1) {
    for (let i = 0; i <= across; i += 1) {
      const lat = (j / down - 0.5) * Math.PI;
      const lon = (i / across * 2 - 1) * Math.PI;
      position.push(...placeOf(lat, lon, 0, out));
      normal.push(Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat));
      uv.push(i / across, j / down);
      const a = j * (across + 1) + i;
      if (i < across && j < down) index.push(a, a + 1, a + across + 1, a + 1, a + across + 2, a + across + 1);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(position), 3));
  geometry.setAttribute('normal', new BufferAttribute(new Float32Array(normal), 3));
  geometry.setAttribute('uv', new BufferAttribute(new Float32Array(uv), 2));
  geometry.setIndex(index);
  return geometry;
}

/** Lines over the ground from runs of longitude and latitude, degrees. */
function lines(runs, paint, uniforms, order) {
  const places = [];
  const out = [0, 0, 0];
  for (const run of runs) {
    for (let at = 0; at + 3 < run.length; at += 2) {
      for (const from of [at, at + 2]) places.push(...placeOf(run[from + 1] * DEG, run[from] * DEG, 0, out));
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(places), 3));
  const drawn = new LineSegments(geometry, new RawShaderMaterial({
    glslVersion: GLSL3, vertexShader: coastVertex, fragmentShader: coastFragment,
    uniforms: { eye_fixed: uniforms.eye_fixed, paint: { value: new Vector4(...paint) } },
    transparent: true, depthTest: false, depthWrite: false,
  }));
  drawn.renderOrder = order;
  drawn.frustumCulled = false;
  return drawn;
}

/** Every 30 degrees. */
function graticule() {
  const runs = [];
  const steps = Array.from({ length: 73 }, (_, k) => k * 5 - 180);
  for (let lat = -60; lat <= 60; lat += 30) runs.push(steps.flatMap((lon) => [lon, lat]));
  for (let lon = -180; lon < 180; lon += 30) runs.push(steps.slice(18, 55).flatMap((lat) => [lon, lat]));
  return runs;
}

/** The encounter plane as SVG: 1, 2 and 3 sigma about the second object, the combined radius about the first, to scale. */
import { html } from 'preact';
import { number, t, useWords } from '../app/i18n.js';
import { lengthText } from './words.js';

const WIDE = 420;
const HIGH = 260;
const SMALL = 0.02;

/** Half axes, m, and the angle of the long one, rad, of a (2, 2) covariance. */
export function ellipse([[a, b], [, d]]) {
  const middle = (a + d) / 2;
  const half = Math.hypot((a - d) / 2, b);
  return { long: Math.sqrt(Math.max(middle + half, 0)), short: Math.sqrt(Math.max(middle - half, 0)), angle: 0.5 * Math.atan2(2 * b, a - d) };
}

/** A length of 1, 2 or 5 times a power of ten, at most a third of the width. */
export function niceLength(extent) {
  const most = extent / 3;
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((each) => each * power).find((each) => each <= most);
}

export function EncounterPlane({ miss, covariance, radius }) {
  useWords();
  const reach = [0, 1].map((k) => 3 * Math.sqrt(Math.max(covariance[k][k], 0)));
  const whole = fit([Math.min(miss - reach[0], -(radius ?? 0)), Math.max(miss + reach[0], radius ?? 0)], Math.max(reach[1], radius ?? 0));
  const closer = radius && radius < SMALL * whole.wide ? fit(miss <= 25 * radius ? [-2 * radius, miss + 2 * radius] : [-6 * radius, 8 * radius], 2 * radius) : null;
  const { long, short, angle } = ellipse(covariance);
  const told = t('conj.plane.told', {
    miss: lengthText(miss), long: lengthText(long), short: lengthText(short), angle: number((angle * 180) / Math.PI, 0),
    radius: radius ? lengthText(radius) : t('conj.plane.no-radius'),
  });
  const shared = { miss, covariance, radius };
  return html`<figure class="plane">
    <${View} ...${shared} box=${whole} label=${told} />
    ${closer && html`<p class="dim plane-part">${t('conj.plane.closer')}</p><${View} ...${shared} box=${closer} label=${t('conj.plane.closer')} />`}
    <figcaption class="dim">${told}</figcaption>
  </figure>`;
}

/** A box of the picture's shape around what is to be seen. */
function fit([left, right], half) {
  const wide = 1.12 * Math.max(right - left, (2 * half * WIDE) / HIGH, 1e-3);
  return { wide, centre: (left + right) / 2 };
}

function View({ miss, covariance, radius, box, label }) {
  const scale = WIDE / box.wide;
  const x = (m) => WIDE / 2 + (m - box.centre) * scale;
  const y = (m) => HIGH / 2 - m * scale;
  const { long, short, angle } = ellipse(covariance);
  const bar = niceLength(box.wide);
  const seen = x(miss) > 0 && x(miss) < WIDE;
  return html`<svg viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${label} class="plane-view">
    <line class="axis" x1="0" x2=${WIDE} y1=${y(0)} y2=${y(0)} /><line class="axis" x1=${x(0)} x2=${x(0)} y1="0" y2=${HIGH} />
    ${[3, 2, 1].map((k) => html`<ellipse key=${k} class=${`sigma sigma-${k}`} cx=${x(miss)} cy=${y(0)} rx=${k * long * scale} ry=${Math.max(k * short * scale, 0.5)} transform=${`rotate(${(-angle * 180) / Math.PI} ${x(miss)} ${y(0)})`} />`)}
    ${radius && html`<circle class="hard-body" cx=${x(0)} cy=${y(0)} r=${radius * scale} />`}
    ${radius && radius * scale < 3 && html`<circle class="hard-body-ring" cx=${x(0)} cy=${y(0)} r="7" />`}
    <line class="miss" x1=${x(0)} y1=${y(0)} x2=${Math.min(x(miss), WIDE)} y2=${y(0)} />
    <path class="first" d=${`M${x(0) - 5} ${y(0)}h10M${x(0)} ${y(0) - 5}v10`} />
    ${seen && html`<path class="second" d=${`M${x(miss)} ${y(0) - 5}l5 5l-5 5l-5 -5z`} />`}
    ${[1, 2, 3].map((k) => sigmaLabel(k, { long, short, angle, scale, cx: x(miss), cy: y(0) }))}
    <text x=${x(0)} y=${y(0) + 18} text-anchor="middle">1</text>
    ${seen && Math.abs(x(miss) - x(0)) > 16 && html`<text x=${x(miss)} y=${y(0) + 18} text-anchor="middle">2</text>`}
    ${seen && Math.abs(x(miss) - x(0)) > 90 && html`<text x=${(x(0) + x(miss)) / 2} y=${y(0) - 6} text-anchor="middle">${lengthText(miss)}</text>`}
    <path class="bar" d=${`M10 ${HIGH - 16}v6h${bar * scale}v-6`} /><text x=${14 + bar * scale} y=${HIGH - 9}>${lengthText(bar)}</text>
    <text class="faint" x=${WIDE - 6} y=${HIGH - 9} text-anchor="end">${t('conj.plane.along')} →</text>
    <text class="faint" x="6" y="14">↑ ${t('conj.plane.across')}</text>
  </svg>`;
}

/** At the upper end of the short axis, where the ellipses are closest only if they are thin: then only the outermost. */
function sigmaLabel(k, { long, short, angle, scale, cx, cy }) {
  if (k < 3 && short * scale < 14) return null;
  const turn = angle + Math.PI / 2;
  const reach = k * short * scale;
  const [dx, dy] = short * scale < 14 ? [Math.cos(angle) * k * long * scale * 0.8, Math.sin(angle) * k * long * scale * 0.8] : [Math.cos(turn) * reach, Math.sin(turn) * reach];
  const [px, py] = [cx + (dy >= 0 ? dx : -dx), cy - Math.abs(dy)];
  if (px < 10 || px > WIDE - 20 || py < 22 || py > HIGH - 6) return null;
  return html`<text key=${`label-${k}`} class="faint" x=${px + 3} y=${py - 3}>${k}σ</text>`;
}

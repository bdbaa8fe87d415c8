/** Burns along the track by moment and size: shape and colour say what is left of the risk. */
import { html } from 'preact';
import { number, probabilityText, t, useWords } from '../app/i18n.js';
import { parseUtc, utcText } from '../app/time.js';

const WIDE = 640;
const HIGH = 320;
const MARGIN = { left: 66, right: 14, top: 22, bottom: 34 };
const MARKED = 4;

/** What a burn leaves, worst first, each with shape and colour; "broken" is not to be had whatever it leaves. */
export const LEFT = {
  met: { glyph: '●', colour: '--level-none' },
  near: { glyph: '▲', colour: '--level-watch' },
  action: { glyph: '■', colour: '--level-action' },
  broken: { glyph: '✕', colour: '--dim' },
};

/** One cell for each burn of the grid. */
export function cellsOf({ grid, goal }) {
  return grid.burn_utc.flatMap((utc, row) => grid.delta_v_m_s.map((size, column) => {
    const probability = grid.total_probability[row][column];
    const broken = grid.broken[row][column];
    if (broken === null) return null;
    return {
      key: `${row}-${column}`, utc, ms: parseUtc(utc), column, size, probability, miss: grid.miss_distance_m[row][column],
      broken: broken.map((place) => grid.constraints_broken[place]), left: leftOf(grid.avoided[row][column], probability, broken, goal),
    };
  })).filter(Boolean);
}

function leftOf(avoided, probability, broken, goal) {
  if (broken.length) return 'broken';
  if (avoided) return 'met';
  return probability !== null && probability >= goal.threshold ? 'action' : 'near';
}

export function TradeChart({ cells, answer, burns }) {
  useWords();
  const { grid, conjunctions, event_id: event } = answer;
  const times = grid.burn_utc.map(parseUtc);
  const tca = parseUtc((conjunctions.find((each) => each.event_id === event) ?? conjunctions[0]).tca_utc);
  const [from, to] = [times[0], Math.max(tca, times.at(-1) + 1)];
  const inner = { w: WIDE - MARGIN.left - MARGIN.right, h: HIGH - MARGIN.top - MARGIN.bottom };
  const x = (ms) => MARGIN.left + 8 + ((ms - from) / (to - from)) * (inner.w - 16);
  // A step for each size: they are spread evenly in their logarithm, forwards above and backwards below.
  const y = (column) => MARGIN.top + inner.h * (1 - (column + 0.5) / grid.delta_v_m_s.length);
  const counts = Object.fromEntries(Object.keys(LEFT).map((name) => [name, cells.filter((each) => each.left === name).length]));
  const marked = burns.slice(0, MARKED).filter((each) => Math.abs(each.direction_rtn[1]) > 0.999);
  return html`<figure class="trade">
    <svg viewBox=${`0 0 ${WIDE} ${HIGH}`} class="trade-view" role="img" aria-label=${t('conj.trade.told', { n: cells.length, met: number(counts.met), near: number(counts.near), action: number(counts.action), broken: number(counts.broken) })}>
      ${ticksOf(grid.delta_v_m_s).map((column) => html`<g key=${column}><line class="axis" x1=${MARGIN.left} x2=${WIDE - MARGIN.right} y1=${y(column)} y2=${y(column)} /><text class="faint" x=${MARGIN.left - 6} y=${y(column) + 4} text-anchor="end">${sizeText(grid.delta_v_m_s[column])}</text></g>`)}
      <line class="moment" x1=${x(tca)} x2=${x(tca)} y1=${MARGIN.top} y2=${HIGH - MARGIN.bottom} />
      <text x=${x(tca) - 4} y=${MARGIN.top - 8} text-anchor="end">${t('conj.trade.tca')}</text>
      ${hoursOf(from, to).map((ms) => html`<text key=${ms} class="faint" x=${x(ms)} y=${HIGH - 18} text-anchor="middle">${utcText(ms).slice(5, 16)}</text>`)}
      <text class="faint" x=${WIDE / 2} y=${HIGH - 4} text-anchor="middle">${t('conj.trade.axis.time')}</text>
      <text class="faint" transform=${`translate(12 ${HIGH / 2}) rotate(-90)`} text-anchor="middle">${t('conj.trade.axis.size')}</text>
      ${cells.map((each) => html`<${Mark} key=${each.key} x=${x(each.ms)} y=${y(each.column)} left=${each.left}><title>${`${each.utc} · ${sizeText(each.size)} mm/s · ${probabilityText(each.probability)} · ${t(`conj.trade.left.${each.left}`)}`}</title><//>`)}
      ${marked.map((each, k) => html`<g key=${k} class="chosen"><circle cx=${x(parseUtc(each.burn_utc))} cy=${y(columnOf(grid, each))} r="9" /><text x=${x(parseUtc(each.burn_utc)) + 12} y=${y(columnOf(grid, each)) + 4}>${k + 1}</text></g>`)}
    </svg>
    <ul class="legend-row">${Object.entries(LEFT).map(([name, { glyph, colour }]) => html`<li key=${name}><span aria-hidden="true" style=${{ color: `var(${colour})` }}>${glyph}</span>${t(`conj.trade.left.${name}`)} (${number(counts[name])})</li>`)}<li><span aria-hidden="true">◯</span>${t('conj.trade.flown')}</li></ul>
    ${grid.across_track > 0 && html`<figcaption class="dim small">${t('conj.trade.across', { n: grid.across_track })}</figcaption>`}
  </figure>`;
}

const sizeText = (metresPerS) => `${metresPerS < 0 ? '−' : '+'}${number(Number((1000 * Math.abs(metresPerS)).toPrecision(2)), Math.abs(metresPerS) < 0.01 ? 1 : 0)}`;

/** The column that a burn lies nearest to. */
function columnOf(grid, { delta_v_m_s: size, direction_rtn: [, along] }) {
  const signed = size * Math.sign(along);
  const apart = grid.delta_v_m_s.map((each) => Math.abs(each - signed));
  return apart.indexOf(Math.min(...apart));
}

/** Columns that get a line and a number: both ends, the least sizes, and some between. */
function ticksOf(sizes) {
  const step = Math.max(1, Math.ceil(sizes.length / 10));
  return sizes.map((_, column) => column).filter((column) => column % step === 0 || column === sizes.length - 1);
}

/** Whole hours, at most six of them. */
function hoursOf(from, to) {
  const step = [1, 2, 3, 6, 12, 24, 48, 96].map((hours) => hours * 3600000).find((each) => (to - from) / each <= 6) ?? 345600000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, k) => first + k * step);
}

const R = 3.2;
function Mark({ x, y, left, children }) {
  const colour = { '--ink': `var(${LEFT[left].colour})` };
  if (left === 'met') return html`<circle class="mark" style=${colour} cx=${x} cy=${y} r=${R}>${children}</circle>`;
  const shape = {
    near: `M${x} ${y - R - 1}L${x + R + 1} ${y + R}L${x - R - 1} ${y + R}Z`,
    action: `M${x - R} ${y - R}H${x + R}V${y + R}H${x - R}Z`,
    broken: `M${x - R} ${y - R}L${x + R} ${y + R}M${x + R} ${y - R}L${x - R} ${y + R}`,
  };
  return html`<path class=${`mark ${left}`} style=${colour} d=${shape[left]}>${children}</path>`;
}

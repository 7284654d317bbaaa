// Paths of the pointer. Each generator takes where the pointer is, where it shall go,
// and dice, and returns points {x, y, dt}: dt is the pause before the point, in ms.

const line = (from, to, u) => ({ x: from.x + (to.x - from.x) * u, y: from.y + (to.y - from.y) * u });
const distance = (a, b) => Math.hypot(b.x - a.x, b.y - a.y);

/** Equal steps on a line, as fast as they can be sent or with a fixed pause. */
export const straight = (steps, dt) => (from, to) =>
  Array.from({ length: steps }, (_, i) => ({ ...line(from, to, (i + 1) / steps), dt }));

/** One point: the pointer is where it shall be. */
export const jump = () => (from, to) => [{ ...to, dt: 0 }];

/** A cubic curve with two random handles on one side, slow at both ends. */
export const bezier = () => (from, to, dice) => {
  const length = distance(from, to);
  const side = dice.chance(0.5) ? 1 : -1;
  const normal = { x: -(to.y - from.y) / (length || 1), y: (to.x - from.x) / (length || 1) };
  const handle = (lo, hi) => {
    const at = line(from, to, dice.between(lo, hi));
    const off = side * dice.between(0.04, 0.25) * length;
    return { x: at.x + normal.x * off, y: at.y + normal.y * off };
  };
  const a = handle(0.15, 0.4);
  const b = handle(0.6, 0.85);
  const steps = Math.max(12, Math.round(length / dice.between(11, 18)));
  return Array.from({ length: steps }, (_, i) => {
    const t = (i + 1) / steps;
    const u = t * t * (3 - 2 * t);
    const v = 1 - u;
    const at = (k) => v ** 3 * from[k] + 3 * v * v * u * a[k] + 3 * v * u * u * b[k] + u ** 3 * to[k];
    return { x: at('x'), y: at('y'), dt: dice.between(7, 14) };
  });
};

/**
 * WindMouse, from its published description: gravity towards the target, wind that
 * wanders, and a largest step that shrinks near the target.
 */
export const windmouse = ({ gravity = 9, wind = 3, largest = 15, near = 12 } = {}) => (from, to, dice) => {
  const points = [];
  let { x, y } = from;
  let vx = 0, vy = 0, wx = 0, wy = 0, most = largest;
  for (let left = distance(from, to); left >= 1 && points.length < 600; left = Math.hypot(to.x - x, to.y - y)) {
    const blow = Math.min(wind, left);
    if (left >= near) {
      wx = wx / Math.sqrt(3) + (2 * dice.next() - 1) * blow / Math.sqrt(5);
      wy = wy / Math.sqrt(3) + (2 * dice.next() - 1) * blow / Math.sqrt(5);
    } else {
      wx /= Math.sqrt(3);
      wy /= Math.sqrt(3);
      most = most < 3 ? 3 + 3 * dice.next() : most / Math.sqrt(5);
    }
    vx += wx + gravity * (to.x - x) / left;
    vy += wy + gravity * (to.y - y) / left;
    const speed = Math.hypot(vx, vy);
    if (speed > most) {
      const clipped = most / 2 + dice.next() * most / 2;
      vx *= clipped / speed;
      vy *= clipped / speed;
    }
    x += vx;
    y += vy;
    points.push({ x: Math.round(x), y: Math.round(y), dt: dice.between(5, 10) });
  }
  points.push({ ...to, dt: dice.between(5, 10) });
  return points.filter((p, i) => i === 0 || p.x !== points[i - 1].x || p.y !== points[i - 1].y);
};

/**
 * A movement of minimum jerk that misses a little, a pause, and a short correction;
 * with a slow drift to one side and a tremor.
 */
export const minimumJerk = () => (from, to, dice) => {
  const length = distance(from, to);
  const points = [];
  const stroke = (a, b, ms) => {
    const span = distance(a, b);
    const normal = { x: -(b.y - a.y) / (span || 1), y: (b.x - a.x) / (span || 1) };
    const bend = dice.normal() * 0.05 * span;
    const second = dice.normal() * 0.02 * span;
    for (let t = 0; t < ms;) {
      const dt = dice.between(7, 10);
      t = Math.min(ms, t + dt);
      const u = t / ms;
      const s = u ** 3 * (10 - 15 * u + 6 * u * u);
      const off = Math.sin(Math.PI * s) * bend + Math.sin(2 * Math.PI * s) * second;
      const tremor = Math.min(1, span / 50) * 0.4;
      points.push({
        x: a.x + (b.x - a.x) * s + normal.x * off + (t < ms ? dice.normal() * tremor : 0),
        y: a.y + (b.y - a.y) * s + normal.y * off + (t < ms ? dice.normal() * tremor : 0),
        dt,
      });
    }
  };
  const ms = Math.max(140, dice.lognormal(130 + 110 * Math.log2(1 + length / 30), 0.18));
  if (length < 60) {
    stroke(from, to, ms);
    return points;
  }
  const first = line(from, to, 1 + dice.normal() * 0.04 - 0.02);
  const missed = { x: first.x + dice.normal() * 4, y: first.y + dice.normal() * 4 };
  stroke(from, missed, ms);
  const before = points.length;
  stroke(missed, to, dice.between(110, 240));
  points[before].dt += dice.between(20, 120);
  return points;
};

/** A recorded stroke of about that length, turned and scaled to the target. */
function laid(from, to, dice, strokes) {
  const length = distance(from, to);
  const apt = strokes
    .map((stroke) => ({ stroke, span: Math.hypot(stroke.at(-1)[1] - stroke[0][1], stroke.at(-1)[2] - stroke[0][2]) }))
    .filter(({ span }) => span > 20)
    .sort((a, b) => Math.abs(Math.log(a.span / (length || 1))) - Math.abs(Math.log(b.span / (length || 1))))
    .slice(0, 12);
  const { stroke, span } = dice.pick(apt);
  const scale = length / span;
  const [, sx, sy] = stroke[0];
  const turn = Math.atan2(to.y - from.y, to.x - from.x) - Math.atan2(stroke.at(-1)[2] - sy, stroke.at(-1)[1] - sx);
  const sin = Math.sin(turn) * scale;
  const cos = Math.cos(turn) * scale;
  return stroke.map(([t, x, y]) => ({ t: t - stroke[0][0], x: from.x + (x - sx) * cos - (y - sy) * sin, y: from.y + (x - sx) * sin + (y - sy) * cos }));
}

/** A person's stroke, point by point at its recorded times. */
export const recorded = (strokes) => (from, to, dice) => {
  const points = laid(from, to, dice, strokes);
  return points.slice(1).map(({ t, x, y }, i) => ({ x, y, dt: t - points[i].t }));
};

/** The same, with a point every 6 to 9 ms: a smooth curve through the recorded ones. */
export const resampled = (strokes) => (from, to, dice) => {
  const points = laid(from, to, dice, strokes);
  const out = [];
  const end = points.at(-1).t;
  let i = 0;
  for (let t = 0; t < end;) {
    const dt = dice.between(6, 9);
    t = Math.min(end, t + dt);
    while (i < points.length - 2 && points[i + 1].t < t) i++;
    const [p0, p1, p2, p3] = [points[Math.max(0, i - 1)], points[i], points[i + 1], points[Math.min(points.length - 1, i + 2)]];
    const u = Math.min(1, Math.max(0, (t - p1.t) / Math.max(1, p2.t - p1.t)));
    const at = (k) => 0.5 * (2 * p1[k] + (p2[k] - p0[k]) * u + (2 * p0[k] - 5 * p1[k] + 4 * p2[k] - p3[k]) * u * u + (3 * p1[k] - p0[k] - 3 * p2[k] + p3[k]) * u ** 3);
    out.push({ x: at('x'), y: at('y'), dt });
  }
  out.push({ ...to, dt: dice.between(6, 9) });
  return out;
};

/** Where in a box the pointer shall come down. */
export const aims = {
  centre: (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 }),
  /** The centre, 3 px to each side at most. */
  jitter: (box, dice) => ({ x: box.x + box.width / 2 + dice.between(-3, 3), y: box.y + box.height / 2 + dice.between(-3, 3) }),
  /** Around the centre, wider in wide boxes. */
  inside: (box, dice) => {
    const off = () => Math.max(-0.4, Math.min(0.4, dice.normal() * 0.16));
    return { x: box.x + box.width * (0.45 + off()), y: box.y + box.height * (0.5 + off()) };
  },
};

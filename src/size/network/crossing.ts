type Point = readonly [x: number, y: number];

const MOST_STEPS = 200;

/**
 * Where a function crosses 0, between a point above and one below, with a precision relative to the place. By Chandrupatla's
 * method: where the last three points lie on one gentle curve, that curve's crossing is looked at, else the middle.
 */
export function crossing(of: (x: number) => number, above: Point, below: Point, precision: number): number {
  let [newest, opposite] = [below, above];
  let share = 0.5;
  for (let step = 0; step < MOST_STEPS; step++) {
    const width = opposite[0] - newest[0];
    const x = newest[0] + share * width;
    const at: Point = [x, of(x)];
    const same = at[1] > 0 === newest[1] > 0;
    const left: Point = same ? newest : opposite;
    if (!same) opposite = newest;
    newest = at;
    const best = Math.abs(newest[1]) < Math.abs(opposite[1]) ? newest : opposite;
    const least = (precision * Math.abs(best[0])) / Math.abs(opposite[0] - newest[0]) / 2;
    if (best[1] === 0 || least > 0.5) return best[0];
    share = Math.min(1 - least, Math.max(least, nextShare(newest, opposite, left)));
  }
  return newest[0];
}

/** Of the way from the newest point to the one opposite: by inverse quadratic interpolation where that can be trusted. */
function nextShare([x1, y1]: Point, [x2, y2]: Point, [x3, y3]: Point): number {
  const place = (x1 - x2) / (x3 - x2);
  const height = (y1 - y2) / (y3 - y2);
  if (height ** 2 >= place || (1 - height) ** 2 >= 1 - place) return 0.5;
  return ((y1 / (y2 - y1)) * y3) / (y2 - y3) + ((x3 - x1) / (x2 - x1)) * (y1 / (y3 - y1)) * (y2 / (y3 - y2));
}

type Point = readonly [x: number, y: number];

const MOST_STEPS = 200;

/** Where a falling function crosses 0, between a point above and one below: false position, halving where that is slow; with a precision relative to the place. */
export function crossing(of: (x: number) => number, above: Point, below: Point, precision: number): number {
  let [low, atLow] = above;
  let [high, atHigh] = below;
  let halve = false;
  for (let step = 0; step < MOST_STEPS && high - low > precision * high; step++) {
    const width = high - low;
    const middle = halve ? low + width / 2 : high - (atHigh * width) / (atHigh - atLow);
    const atMiddle = of(middle);
    if (atMiddle === 0) return middle;
    if (atMiddle > 0) [low, atLow] = [middle, atMiddle];
    else [high, atHigh] = [middle, atMiddle];
    halve = high - low > width / 2;
  }
  return low;
}

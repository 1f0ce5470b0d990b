/**
 * In a chain that goes up and down by one: the mean time until it first stands at each number, from 0 on. `shares` are its
 * long-run shares, `downs` the rates at which it goes down from each number (index 0 is unused). In the unit of `1 / downs`;
 * infinite for what is never reached.
 */
export function firstReached(shares: Float64Array, downs: (count: number) => number): Float64Array {
  const reached = new Float64Array(shares.length);
  let below = 0;
  for (let count = 1; count < shares.length; count++) {
    below += shares[count - 1] ?? 0;
    // As often up as down: what climbs from all below. Where it is never so low, it is beyond at once.
    const climbs = downs(count) * (shares[count] ?? 0);
    reached[count] = (reached[count - 1] ?? 0) + (below === 0 ? 0 : below / climbs);
  }
  return reached;
}

/** What was put in, and what came out of it. */
export interface Guess {
  readonly given: readonly number[];
  readonly got: readonly number[];
}

/**
 * What to put in next so that it comes out as it was put in. Anderson's mixing: of two guesses, the mix that would if both
 * erred in the same direction; where there is only one, what came out. Each number counts by its weight.
 */
export function mixed({ given, got }: Guess, earlier: Guess | null, weights: Float64Array): readonly number[] {
  if (earlier === null) return got;
  let [turned, moved] = [0, 0];
  got.forEach((value, index) => {
    const error = value - (given[index] ?? 0);
    const change = error - ((earlier.got[index] ?? 0) - (earlier.given[index] ?? 0));
    turned += (weights[index] ?? 0) * error * change;
    moved += (weights[index] ?? 0) * change * change;
  });
  const back = moved === 0 ? 0 : turned / moved;
  return got.map((value, index) => value - back * (value - (earlier.got[index] ?? 0)));
}

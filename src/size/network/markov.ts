/** A small square matrix, row after row. */
export type Matrix = Float64Array;

/** A Markov chain by its rates: from state to state (what stands on the diagonal is ignored), and out of all states. */
export interface Chain {
  readonly rates: Matrix;
  readonly leaks: Float64Array;
}

/**
 * The time spent in each state before the chain leaks out, by the state it starts in. By the elimination of Grassmann,
 * Taksar and Heyman: nothing is ever subtracted, so that a leak far smaller than the rates loses no digit. The
 * chain is used up: so many of them are solved that copies would take longer than the sums.
 */
export function visits({ rates: rest, leaks: leaking }: Chain): Matrix {
  const size = leaking.length;
  // The states that the elimination has stood in for: those of a row come before it.
  const stood = unit(size);
  const totals = new Float64Array(size);
  for (let state = 0; state < size; state++) {
    const own = state * size;
    totals[state] = (leaking[state] ?? 0) + sumOf(rest, own + state + 1, own + size);
    for (let other = state + 1; other < size; other++) {
      const factor = (rest[other * size + state] ?? 0) / (totals[state] ?? 1);
      if (factor === 0) continue;
      addTo(rest, other * size, own, factor, state + 1, size);
      addTo(stood, other * size, own, factor, 0, state + 1);
      leaking[other] = (leaking[other] ?? 0) + factor * (leaking[state] ?? 0);
    }
  }
  backwards(rest, stood, totals);
  return stood;
}

/** What a state leads to is known from the last one on. */
function backwards(rest: Matrix, times: Matrix, totals: Float64Array): void {
  const size = totals.length;
  for (let state = size - 1; state >= 0; state--) {
    const own = state * size;
    for (let next = state + 1; next < size; next++) addTo(times, own, next * size, rest[own + next] ?? 0, 0, size);
    const total = totals[state] ?? 1;
    for (let column = own; column < own + size; column++) times[column] = (times[column] ?? 0) / total;
  }
}

/** The long-run shares of the states of a chain without a leak, which is used up. */
export function stationary({ rates: rest, leaks }: Chain): Float64Array {
  const size = leaks.length;
  const out = new Float64Array(size);
  for (let state = size - 1; state > 0; state--) {
    const own = state * size;
    out[state] = sumOf(rest, own, own + state);
    for (let from = 0; from < state; from++) {
      addTo(rest, from * size, own, (rest[from * size + state] ?? 0) / (out[state] ?? 1), 0, state);
    }
  }
  const shares = new Float64Array(size);
  shares[0] = 1;
  for (let state = 1; state < size; state++) {
    let into = 0;
    for (let from = 0; from < state; from++) into += (shares[from] ?? 0) * (rest[from * size + state] ?? 0);
    shares[state] = into / (out[state] ?? 1);
  }
  const total = sumOf(shares, 0, size);
  return shares.map((share) => share / total);
}

function unit(size: number): Matrix {
  const cells = new Float64Array(size * size);
  for (let index = 0; index < size; index++) cells[index * (size + 1)] = 1;
  return cells;
}

/** Adds to a row, by where it begins, so much of another, in these columns. */
function addTo(cells: Matrix, row: number, other: number, factor: number, from: number, to: number): void {
  for (let column = from; column < to; column++) {
    cells[row + column] = (cells[row + column] ?? 0) + factor * (cells[other + column] ?? 0);
  }
}

function sumOf(cells: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += cells[index] ?? 0;
  return sum;
}

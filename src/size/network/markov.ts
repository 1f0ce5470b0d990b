/** A small square matrix, by rows. */
export type Matrix = readonly (readonly number[])[];

/** A Markov chain by its rates: from state to state (what stands on the diagonal is ignored), and out of all states. */
export interface Chain {
  readonly rates: Matrix;
  readonly leaks: readonly number[];
}

/**
 * The time spent in each state before the chain leaks out, by the state it starts in. By the elimination of Grassmann,
 * Taksar and Heyman: nothing is ever subtracted, so that a leak far smaller than the rates loses no digit.
 */
export function visits({ rates, leaks }: Chain): Matrix {
  const size = rates.length;
  // Beside each row the leak, and the states that the elimination has stood in for.
  const rows = rates.map((row, index) => Float64Array.from([...row, leaks[index] ?? 0, ...unit(size, index)]));
  const totals = rows.map((own, state) => {
    let total = 0;
    for (let column = state + 1; column <= size; column++) total += own[column] ?? 0;
    for (let other = state + 1; other < size; other++) addTo(rows[other], own, state, total);
    return total;
  });
  for (let state = size - 1; state >= 0; state--) {
    for (let next = state + 1; next < size; next++) addTo(rows[state], rows[next], next, 1, size + 1);
    const own = rows[state] ?? new Float64Array();
    for (let column = size + 1; column < own.length; column++) own[column] = (own[column] ?? 0) / (totals[state] ?? 1);
  }
  return rows.map((row) => Array.from(row.subarray(size + 1)));
}

/** Adds one row to another, as much of it as the other holds of `state`. */
function addTo(
  row = new Float64Array(),
  other = new Float64Array(),
  state: number,
  total: number,
  from = state + 1,
): void {
  const factor = (row[state] ?? 0) / total;
  if (factor === 0) return;
  for (let column = from; column < other.length; column++) {
    row[column] = (row[column] ?? 0) + factor * (other[column] ?? 0);
  }
}

/** The long-run shares of the states of a chain without a leak. */
export function stationary(given: Matrix): readonly number[] {
  const rates = given.map((row) => [...row]);
  const out: number[] = [];
  for (let state = rates.length - 1; state > 0; state--) {
    const below = (rates[state] ?? []).slice(0, state);
    out[state] = sum(below);
    for (const from of rates.slice(0, state)) add(from, below, (from[state] ?? 0) / (out[state] ?? 1));
  }
  const shares = [1];
  for (let state = 1; state < rates.length; state++) {
    const into = sum(shares.map((share, from) => share * (rates[from]?.[state] ?? 0)));
    shares.push(into / (out[state] ?? 1));
  }
  const total = sum(shares);
  return shares.map((share) => share / total);
}

function unit(size: number, index: number): number[] {
  return Array.from({ length: size }, (_, column) => (column === index ? 1 : 0));
}

function add(row: number[], other: readonly number[], factor: number): void {
  for (let column = 0; column < other.length; column++) {
    row[column] = (row[column] ?? 0) + factor * (other[column] ?? 0);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** No answer came, or only a part of one. An error that the server answers with is not lost, but failed. */
const LOST = ['refused', 'reset', 'closed', 'timedOut'];
const isLost = ({ outcome }) => LOST.includes(outcome);

/**
 * What became of the requests `{ at, ms, outcome }`, in the order in which they were due: at that time, and for so long from
 * then on. A client that waited for its turn would hide what the server does.
 */
export function tally(requests, { periodMs, lateMs }) {
  const count = (is) => requests.filter(is).length;
  const answered = requests.filter((request) => !isLost(request)).map(({ ms }) => ms);
  const sorted = answered.toSorted((a, b) => a - b);
  const quantile = (q) => Math.round(sorted[Math.ceil(q * sorted.length) - 1] ?? 0);
  return {
    sent: requests.length,
    ok: count(({ outcome }) => outcome === 'ok'),
    failed: count(({ outcome }) => outcome === 'failed'),
    lost: count(isLost),
    ...Object.fromEntries(LOST.map((kind) => [kind, count(({ outcome }) => outcome === kind)])),
    late: answered.filter((ms) => ms > lateMs).length,
    gapMs: Math.round(longestGap(requests, periodMs)),
    latencyMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: quantile(1) },
  };
}

/** The longest time in which every request was lost: until the next that was not, or one period after the last. */
function longestGap(requests, periodMs) {
  let longest = 0;
  let since;
  for (const request of requests) {
    since = isLost(request) ? (since ?? request.at) : undefined;
    if (since !== undefined) longest = Math.max(longest, request.at + periodMs - since);
  }
  return longest;
}

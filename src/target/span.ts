const SPANS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
};

/** A time span as systemd prints it, such as `1min 30s`; `null` for one without end. */
export function spanMs(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min|h|d|w|month|y)\b/g)];
  if (parts.length === 0) return text === '0' ? 0 : null;
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (SPANS[unit ?? ''] ?? 0), 0));
}

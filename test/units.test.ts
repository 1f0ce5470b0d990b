import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProblemError } from '../src/errors.js';
import { formatBytes, formatDuration, parseDuration, readQuantity } from '../src/units.js';

describe('quantities', () => {
  it.each([
    ['4GB', 4_000_000_000],
    ['512MiB', 536_870_912],
    ['1.5 kB', 1500],
    ['0B', 0],
  ])('reads the size %s', (text, bytes) => {
    expect(readQuantity('bytes', text)).toBe(bytes);
  });

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['12.4ms', 12.4],
  ])('reads the duration %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it('reads a bandwidth in bits, not bytes', () => {
    expect(readQuantity('bitrate', '3Mbps')).toBe(3_000_000);
    expect(readQuantity('bitrate', '3MBps')).toBeUndefined();
  });

  it('refuses a bare number and names the units', () => {
    expect.assertions(3);
    try {
      parseDuration('4');
    } catch (error) {
      const [problem] = (error as ProblemError).problems;
      expect(problem?.code).toBe('usage');
      expect(problem?.expected).toContain('min');
      expect(problem?.fix).toContain('30s');
    }
  });

  it.each(['', 'GB', '-1GB', '4gb', '4Gb', '1e3MB', 'NaNs', '4GB4GB', '99999999TB'])('refuses the size %j', (text) => {
    expect(readQuantity('bytes', text)).toBeUndefined();
  });

  it.each([
    [4_000_000_000, '4 GB'],
    [600_000_000, '600 MB'],
    [3_871_000_000, '3.9 GB'],
    [12, '12 B'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [500, '500 ms'],
    [90_000, '90 s'],
    [86_400_000, '24 h'],
    [1234, '1.2 s'],
    [0, '0 ms'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('reads back what it shows, within the rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (bytes) => {
        expect(Math.abs((readQuantity('bytes', formatBytes(bytes)) ?? 0) - bytes)).toBeLessThanOrEqual(bytes * 0.05);
      }),
    );
  });
});

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const ONE: Complex = { re: 1, im: 0 };

export function plus(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function times(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function scaled(a: Complex, factor: number): Complex {
  return { re: a.re * factor, im: a.im * factor };
}

export function over(a: Complex, b: Complex): Complex {
  const norm = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / norm, im: (a.im * b.re - a.re * b.im) / norm };
}

/** On the principal branch; the bases here are never negative numbers. */
export function power(base: Complex, exponent: number): Complex {
  if (exponent === 0) return ONE;
  const length = Math.exp((exponent * Math.log(base.re * base.re + base.im * base.im)) / 2);
  const angle = exponent * Math.atan2(base.im, base.re);
  return { re: length * Math.cos(angle), im: length * Math.sin(angle) };
}

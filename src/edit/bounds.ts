/** In UTF-16 units: some 8,000 lines, and far more than any file has that a person wrote to configure a service. */
export const LARGEST = 256 * 1024;
/** Of a unit, its drop-ins, and what it or a service starts: each character of a command is kept with its place. */
export const LARGEST_UNIT = 128 * 1024;

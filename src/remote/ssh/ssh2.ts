/** The library's shape. It takes 90 ms to load, so only what opens a connection does. */
export type Ssh2 = typeof import('ssh2');

export async function loadSsh2(): Promise<Ssh2> {
  const { default: ssh2 } = await import('ssh2');
  return ssh2;
}

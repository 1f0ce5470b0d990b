import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { makeKeyPair } from '../../src/demo/keys.js';

it('every key pair can be read: the library makes a malformed one now and then', async () => {
  for (let pair = 0; pair < 1500; pair += 1) {
    const { privateKey, publicKey } = await makeKeyPair('own');
    for (const key of [privateKey, publicKey]) expect(ssh2.utils.parseKey(key)).not.toBeInstanceOf(Error);
  }
});

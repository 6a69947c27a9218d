import { randomBytes } from 'node:crypto';
import t from 'tap';
import { createVault } from '#libs/platform';

const NONCE = [1, 13] as const;

t.test('no two values share a nonce', async (t) => {
  const vault = createVault(randomBytes(32));
  const sealed = Array.from({ length: 2_000 }, () => vault.encrypt('same', 'same'));
  const nonces = sealed.map((value) => value.subarray(...NONCE).toString('hex'));
  t.equal(new Set(nonces).size, sealed.length);
  t.ok(sealed.every((value) => vault.decrypt(value, 'same') === 'same'));
});

t.test('another context, another key or a changed byte does not decrypt', async (t) => {
  const vault = createVault(randomBytes(32));
  const sealed = vault.encrypt('482913', 'activation_codes.code:1');
  t.equal(vault.decrypt(sealed, 'activation_codes.code:1'), '482913');
  t.throws(() => vault.decrypt(sealed, 'activation_codes.code:2'));
  t.throws(() => createVault(randomBytes(32)).decrypt(sealed, 'activation_codes.code:1'));
  for (const index of [0, 1, 13, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8((changed[index] ?? 0) ^ 1, index);
    t.throws(() => vault.decrypt(changed, 'activation_codes.code:1'), `byte ${index}`);
  }
});

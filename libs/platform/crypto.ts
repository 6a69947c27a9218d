import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/**
 * Encrypts what must not lie readable: codes, message texts, provider credentials. AES-256-GCM with a key derived
 * from ENCRYPTION_KEY; `context` (table, column and row) is bound as additional data, so a value copied to another
 * row does not decrypt. Format: 1 byte key version, 12 bytes nonce, 16 bytes tag, ciphertext.
 */
export interface Vault {
  encrypt(plain: string, context: string): Buffer;
  /** Throws when the key, the context or the bytes differ. */
  decrypt(sealed: Buffer, context: string): string;
  /** Keyed hash for look-ups and signatures; `purpose` separates uses. */
  sign(purpose: string, data: string): Buffer;
}

const KEY_VERSION = 1;

export function createVault(masterKey: Buffer): Vault {
  const encryptionKey = derive(masterKey, 'smsx encryption v1');
  const signingKey = derive(masterKey, 'smsx signing v1');
  return {
    encrypt(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([KEY_VERSION]), nonce, cipher.getAuthTag(), body]);
    },
    decrypt(sealed, context) {
      if (sealed[0] !== KEY_VERSION) throw new Error('encrypted value has an unknown key version');
      const decipher = createDecipheriv('aes-256-gcm', encryptionKey, sealed.subarray(1, 13));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(13, 29));
      return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8');
    },
    sign(purpose, data) {
      return createHmac('sha256', signingKey).update(`${purpose}\0${data}`).digest();
    },
  };
}

/** Compares without telling by time where two values differ. */
export function equalInConstantTime(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function derive(masterKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), purpose, 32));
}

import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate for these host names, its own authority, and its key; both as PEM. Made here: no openssl needed. */
export function selfSigned(hosts) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('550403'), tag(0x0c, Buffer.from('test')))));
  const dayMs = 86_400_000;
  const validity = sequence(time(Date.now() - dayMs), time(Date.now() + dayMs));
  const extensions = sequence(
    extension('551d11', sequence(...hosts.map((host) => tag(0x82, Buffer.from(host))))),
    extension('551d13', sequence(tag(0x01, Buffer.from([0xff])))),
  );
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const body = sequence(
    tag(0xa0, integer(2)),
    integer(1),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, tag(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    cert: pem(certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tag(type, content) {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

const sequence = (...parts) => tag(0x30, Buffer.concat(parts));
const set = (...parts) => tag(0x31, Buffer.concat(parts));
const oid = (hex) => tag(0x06, Buffer.from(hex, 'hex'));
const integer = (value) => tag(0x02, Buffer.from([value]));
const extension = (id, value) => sequence(oid(id), tag(0x04, value));

function time(ms) {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tag(0x18, Buffer.from(text));
}

function pem(der) {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

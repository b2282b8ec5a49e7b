// A token for a service of this folder: `node mint.js ALGORITHM KEY CLAIMS HEADER`. With HS256 the
// key is the secret itself, else a file of PKCS #8; `node mint.js pem KEY` shows that file as PEM.
const crypto = require('node:crypto');
const fs = require('node:fs');

const [algorithm, key, claims, names] = process.argv.slice(2);
const privateKey = (file) =>
  crypto.createPrivateKey({ key: fs.readFileSync(file), format: 'der', type: 'pkcs8' });
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

if (algorithm === 'pem') {
  process.stdout.write(privateKey(key).export({ format: 'pem', type: 'pkcs8' }));
} else {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'https://issuer.example',
    aud: 'orders-api',
    sub: '1',
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 3600,
    ...JSON.parse(claims),
  };
  const header = { alg: algorithm, typ: 'JWT', ...JSON.parse(names) };
  const signed = `${part(header)}.${part(payload)}`;
  const signature = {
    HS256: () => crypto.createHmac('sha256', key).update(signed).digest(),
    RS256: () => crypto.sign('sha256', Buffer.from(signed), privateKey(key)),
    EdDSA: () => crypto.sign(null, Buffer.from(signed), privateKey(key)),
  }[algorithm]();
  process.stdout.write(`${signed}.${signature.toString('base64url')}`);
}

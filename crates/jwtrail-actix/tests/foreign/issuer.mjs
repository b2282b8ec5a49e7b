// An issuer that others wrote, on a free port. It says its address, and again whenever a line of
// input names an algorithm: then it has thrown its keys away and made one for that.

import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

import { OAuth2Server } from 'oauth2-mock-server';

async function start(algorithm, port) {
  const server = new OAuth2Server();
  await server.issuer.keys.generate(algorithm);
  server.service.on('beforeTokenSigning', (token, request) => {
    // What it leaves out of an access token that follows RFC 9068.
    token.header.typ = 'at+jwt';
    token.payload.sub = request.body.client_id;
    token.payload.jti = randomUUID();
  });
  await server.start(port, '127.0.0.1');
  console.log(server.issuer.url);
  return server;
}

let server = await start('RS256', 0);
// The input ends with the test.
for await (const algorithm of createInterface({ input: process.stdin })) {
  const { port } = server.address();
  await server.stop();
  server = await start(algorithm, port);
}
await server.stop();

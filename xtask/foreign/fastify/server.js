// Fastify with @fastify/jwt, as its README shows it, behind Fastify's own pino.
const fs = require('node:fs');
const fastify = require('fastify')({
  logger: { stream: fs.createWriteStream(process.env.LOG, { flags: 'a' }) },
});

fastify.register(require('@fastify/jwt'), {
  secret: process.env.TOKEN_SECRET,
  verify: { allowedIss: 'https://issuer.example', allowedAud: 'orders-api' },
});
fastify.addHook('onRequest', async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (error) {
    reply.send(error);
  }
});
fastify.get('/orders', async () => []);
fastify.get('/orders/:id', async (request) => ({ id: request.params.id }));
fastify.post('/orders', async (_, reply) => reply.code(201).send({}));

fastify.listen({ port: 0, host: '127.0.0.1' }).then((address) => console.log(`ready ${address}`));

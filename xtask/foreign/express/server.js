// express with express-oauth2-jwt-bearer, as its README shows it, behind morgan's "combined".
const fs = require('node:fs');
const express = require('express');
const morgan = require('morgan');
const { auth, requiredScopes } = require('express-oauth2-jwt-bearer');

const app = express();
const log = fs.createWriteStream(process.env.LOG, { flags: 'a' });
app.use(morgan('combined', { stream: log }));
app.use(
  auth({
    issuer: 'https://issuer.example',
    audience: 'orders-api',
    publicKey: JSON.parse(fs.readFileSync(process.env.PUBLIC_JWK, 'utf8')),
    tokenSigningAlg: 'RS256',
  }),
);
app.get('/orders', requiredScopes('orders:read'), (_, response) => response.json([]));
app.get('/orders/:id', requiredScopes('orders:read'), (request, response) =>
  response.json({ id: request.params.id }),
);
app.post('/orders', requiredScopes('orders:write'), (_, response) => response.status(201).json({}));

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${server.address().port}`);
});

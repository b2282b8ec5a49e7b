// json-server with json-server-auth, as its README shows it ("module usage"), behind morgan's
// "combined".
const fs = require('node:fs');
const jsonServer = require('json-server');
const auth = require('json-server-auth');
const morgan = require('morgan');

const app = jsonServer.create();
const router = jsonServer.router({ users: [], orders: [{ id: 1, item: 'tea' }] });
app.db = router.db;
const log = fs.createWriteStream(process.env.LOG, { flags: 'a' });
app.use(morgan('combined', { stream: log }));
app.use(jsonServer.defaults({ logger: false }));
// 660: whoever is logged in reads and writes, nobody else does anything.
app.use(auth.rewriter({ orders: 660 }));
app.use(auth);
app.use(router);

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${server.address().port}`);
});

// A SOAP service for tests: stock of a shop, in memory. `/stock` speaks SOAP 1.1 and lets everybody in, `/stock12` speaks 1.2,
// `/safe` wants a UsernameToken of WS-Security.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import soap from 'soap';

const { PORT, PASSWORD } = process.env;
const wsdl = readFileSync(fileURLToPath(new URL('stock.wsdl', import.meta.url)), 'utf8');

const stock = new Map([
  ['TEA-100', [{ warehouse: 'BKK', quantity: '12.50' }, { warehouse: 'CNX', quantity: '3' }]],
  ['ชา-01', [{ warehouse: 'BKK', quantity: '7' }]],
]);
let counts = 0;

const fault = (faultcode, faultstring, statusCode = 500) => ({ Fault: { faultcode, faultstring, statusCode } });

const port = {
  GetStock({ sku, warehouse }) {
    if (!stock.has(sku)) throw fault('soap:Client', `there is no SKU ${sku}`);
    const wanted = [warehouse ?? []].flat();
    const places = stock.get(sku).filter((place) => !wanted.length || wanted.includes(place.warehouse));
    return { sku, place: places };
  },
  PutCount({ sku, count }) {
    if (sku === 'DOWN') throw fault('soap:Server', 'the database is down');
    stock.set(sku, [count]);
    counts += 1;
    return { number: counts };
  },
};
const services = { Stock: { StockPort: port } };

const digestOf = (nonce, created) =>
  createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created).update(PASSWORD).digest('base64');

// A nonce is good once.
const seen = new Set();
const textOf = (value) => value?.$value ?? value;

function isKnown(security) {
  const { Username, Password, Nonce, Created } = security?.UsernameToken ?? {};
  const nonce = textOf(Nonce);
  if (textOf(Username) !== 'khlong' || !nonce || seen.has(nonce)) return false;
  seen.add(nonce);
  if (Math.abs(Date.now() - Date.parse(textOf(Created))) > 300_000) return false;
  const isDigest = Password?.attributes?.Type?.endsWith('#PasswordDigest');
  return textOf(Password) === (isDigest ? digestOf(nonce, textOf(Created)) : PASSWORD);
}

const server = createServer((_, response) => response.writeHead(404).end());
server.listen(Number(PORT), '127.0.0.1', () => {
  soap.listen(server, { path: '/stock', services, xml: wsdl });
  soap.listen(server, { path: '/stock12', services, xml: wsdl, forceSoap12Headers: true });
  soap.listen(server, { path: '/safe', services, xml: wsdl }).authenticate = isKnown;
});

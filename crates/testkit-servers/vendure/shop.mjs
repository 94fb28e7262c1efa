// A Vendure shop for tests. `make FILE` writes a database with ten products; `serve FILE` opens the shop with what is in it,
// and what happens there stays in memory.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  bootstrap,
  ChannelService,
  DefaultLogger,
  dummyPaymentHandler,
  JobQueueService,
  LogLevel,
  RequestContextService,
  TransactionalConnection,
} from '@vendure/core';
import { importProductsFromCsv, populateInitialData } from '@vendure/core/cli/index.js';

const [verb, file] = process.argv.slice(2);

const config = {
  apiOptions: {
    hostname: '127.0.0.1',
    port: Number(process.env.PORT ?? 0),
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
    cors: false,
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'admin', password: process.env.PASSWORD },
    requireVerification: false,
  },
  // SQLite as WebAssembly, so that nothing has to be compiled where it is installed.
  dbConnectionOptions: {
    type: 'sqljs',
    ...(verb === 'make' ? { synchronize: true } : { database: readFileSync(file) }),
  },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
};

const settled = { name: 'automaticSettle', value: 'true' };
const initialData = {
  defaultLanguage: 'en',
  defaultZone: 'Asia',
  countries: [{ name: 'Thailand', code: 'TH', zone: 'Asia' }],
  taxRates: [{ name: 'VAT', percentage: 7 }],
  shippingMethods: [{ name: 'Standard', price: 5000 }],
  paymentMethods: [{ name: 'Transfer', handler: { code: 'dummy-payment-handler', arguments: [settled] } }],
  collections: [],
};

// Prices are in baht, and VAT is inside.
async function sellInBaht(app) {
  const ctx = await app.get(RequestContextService).create({ apiType: 'admin' });
  const channels = app.get(ChannelService);
  const { id } = await channels.getDefaultChannel(ctx);
  const baht = { defaultCurrencyCode: 'THB', availableCurrencyCodes: ['THB'], pricesIncludeTax: true };
  const updated = await channels.update(ctx, { id, ...baht });
  if (updated.errorCode) throw new Error(updated.message);
}

async function make() {
  const app = await bootstrap(config);
  await sellInBaht(app);
  await populateInitialData(app, initialData);
  const products = fileURLToPath(new URL('products.csv', import.meta.url));
  const { errors, imported } = await importProductsFromCsv(app, products, 'en');
  if (errors.length) throw new Error(errors.join('\n'));
  writeFileSync(file, app.get(TransactionalConnection).rawConnection.driver.export());
  await app.close();
  console.log(`${imported} products`);
}

async function serve() {
  const app = await bootstrap(config);
  // The jobs that other installations have a process of its own for.
  await app.get(JobQueueService).start();
}

await (verb === 'make' ? make() : serve());

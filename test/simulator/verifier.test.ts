import { afterEach, expect, test, vi } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts';
import { clientOf } from './clients.ts';

const running: Simulator[] = [];
const start = async (options: SimulatorOptions) => {
  const simulator = await startSimulator(options);
  running.push(simulator);
  return { simulator, client: clientOf(simulator) };
};
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close();
});

const FAST = 3000;

const untilStatus = async (client: ReturnType<typeof clientOf>, id: string, status: string) =>
  await vi.waitFor(async () => expect((await client.getConnector(id)).verification.status).toBe(status), 5000);

test('a code that is in DNS already is found at once when verification begins', async () => {
  const { client } = await start({ timeScale: 0.001 });
  const { id, verification } = await client.createConnector({ begin_verification: false });
  await client.addTxt(`"${verification.code}"`);
  await client.begin(id);
  await untilStatus(client, id, 'verified');
});

test('a code that comes later is found by looking again', async () => {
  const { client } = await start({ timeScale: FAST });
  const { id, verification } = await client.createConnector();
  await client.addTxt(verification.code);
  await untilStatus(client, id, 'verified');
});

test('a connector that awaits its beginning is left alone', async () => {
  const { simulator, client } = await start({ timeScale: FAST });
  const awaiting = await client.createConnector({ begin_verification: false });
  await client.addTxt(`"${awaiting.verification.code}"`);
  simulator.account.patch({ secondConnector: 'allowed' });
  const other = await client.createConnector();
  await client.addTxt(`"${other.verification.code}"`);
  await untilStatus(client, other.id, 'verified');
  expect((await client.getConnector(awaiting.id)).verification.status).toBe('awaiting');
});

test('one name server that shows the code is enough, whatever the other does', async () => {
  const { simulator, client } = await start({ timeScale: FAST, nameServerLagSeconds: [0, 3600] });
  for (const mode of ['normal', 'refuse', 'servfail', 'lame', 'drop'] as const) {
    const server = simulator.nameServers[1] ?? expect.fail('there is no second name server');
    server.mode = mode;
    simulator.account.patch({ secondConnector: 'allowed' });
    const { id, verification } = await client.createConnector();
    await client.addTxt(`"${verification.code}"`);
    await untilStatus(client, id, 'verified');
  }
});

test('without the code verification fails in time, and begins again with the same code', async () => {
  const { client } = await start({ timeScale: 1, verifier: { everySeconds: 0.01, timeoutSeconds: 0.05 } });
  const { id, verification } = await client.createConnector();
  await untilStatus(client, id, 'failed');
  await client.addTxt(`"${verification.code}"`);
  await client.begin(id);
  await untilStatus(client, id, 'verified');
  expect((await client.getConnector(id)).verification.code).toBe(verification.code);
});

test('two simulated days without the code end in failure', async () => {
  const { client } = await start({ timeScale: 2_000_000 });
  const { id } = await client.createConnector({ email_domain: 'nowhere.test' });
  await untilStatus(client, id, 'failed');
});

test('a connector that is deleted meanwhile stays deleted, and closing does not wait for the next look', async () => {
  const { simulator, client } = await start({});
  const { id } = await client.createConnector();
  simulator.account.connectors.remove(id);
  await client.createConnector();
  await simulator.close();
  expect(simulator.account.connectors.list()).toMatchObject([{ status: 'pending' }]);
});

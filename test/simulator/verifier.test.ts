import { afterEach, expect, test, vi } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts';
import { clientOf } from './clients.ts';

const started: Simulator[] = [];
const start = async (options: SimulatorOptions) => {
  const simulator = await startSimulator(options);
  started.push(simulator);
  return { simulator, client: clientOf(simulator) };
};
afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.close();
});

/** Simulated seconds per real second: a poll each 10 ms. */
const fastTimeScale = 3000;

const untilStatus = async (client: ReturnType<typeof clientOf>, id: string, status: string) =>
  await vi.waitFor(async () => expect((await client.getConnector(id)).verification.status).toBe(status), 5000);

test('a code that is already in DNS is found by the first poll', async () => {
  const { client } = await start({ timeScale: 0.001 });
  const { id, verification } = await client.createConnector({ begin_verification: false });
  await client.addTxt(`"${verification.code}"`);
  await client.beginVerification(id);
  await untilStatus(client, id, 'verified');
});

test('a code that is published later is found by a later poll', async () => {
  const { client } = await start({ timeScale: fastTimeScale });
  const { id, verification } = await client.createConnector();
  await client.addTxt(verification.code);
  await untilStatus(client, id, 'verified');
});

test('a connector whose verification has not begun stays awaiting', async () => {
  const { simulator, client } = await start({ timeScale: fastTimeScale });
  const awaiting = await client.createConnector({ begin_verification: false });
  await client.addTxt(`"${awaiting.verification.code}"`);
  simulator.account.patch({ secondConnector: 'allowed' });
  const other = await client.createConnector();
  await client.addTxt(`"${other.verification.code}"`);
  await untilStatus(client, other.id, 'verified');
  expect((await client.getConnector(awaiting.id)).verification.status).toBe('awaiting');
});

test('one name server with the code is enough, whatever the other responds', async () => {
  const { simulator, client } = await start({ timeScale: fastTimeScale, nameServerLagSeconds: [0, 3600] });
  for (const mode of ['normal', 'refuse', 'servfail', 'lame', 'drop'] as const) {
    const server = simulator.nameServers[1] ?? expect.fail('there is no second name server');
    server.mode = mode;
    simulator.account.patch({ secondConnector: 'allowed' });
    const { id, verification } = await client.createConnector();
    await client.addTxt(`"${verification.code}"`);
    await untilStatus(client, id, 'verified');
  }
});

test('without the code verification fails at the time limit, and can begin again with the same code', async () => {
  const { client } = await start({ timeScale: 1, verifier: { everySeconds: 0.01, timeoutSeconds: 0.05 } });
  const { id, verification } = await client.createConnector();
  await untilStatus(client, id, 'failed');
  await client.addTxt(`"${verification.code}"`);
  await client.beginVerification(id);
  await untilStatus(client, id, 'verified');
  expect((await client.getConnector(id)).verification.code).toBe(verification.code);
});

test('by default verification fails after two simulated days', async () => {
  const { client } = await start({ timeScale: 2_000_000 });
  const { id } = await client.createConnector({ email_domain: 'nowhere.test' });
  await untilStatus(client, id, 'failed');
});

test('a connector that is deleted while it is polled stays deleted, and closing does not wait for the next poll', async () => {
  const { simulator, client } = await start({});
  const { id } = await client.createConnector();
  simulator.account.connectors.remove(id);
  await client.createConnector();
  await simulator.close();
  expect(simulator.account.connectors.list()).toMatchObject([{ status: 'pending' }]);
});

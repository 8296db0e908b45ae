/**
 * `npm run demo`: onboards one domain from start to `enabled`, with Temporal and its UI, a simulated Cloudflare account,
 * the worker and the starter. They are processes of their own, configured by environment variables only. `-- --keep`
 * leaves all running until Ctrl-C. Exit code 0: enabled, and no other record changed; 1: not; 130: interrupted.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { z } from 'zod';

import { searchAttributes } from '../src/contract/names/ids.ts';
import { findFreePort, startProcess } from './demo-process.ts';
import { printSummary, readAccount } from './demo-summary.ts';
import { startDevServer } from './dev-server.ts';

const domain = 'example.com';
/** Accepted only by the simulator that this demo starts. */
const token = 'a-token-for-the-demo-only';

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());

/** Returns the exit code. */
async function runDemo(): Promise<number> {
  await using started = new AsyncDisposableStack();

  print('Starting Temporal …');
  const uiPort = await findFreePort();
  const temporal = await startDevServer({ searchAttributes: [...searchAttributes], ui: true, uiPort });
  started.defer(async () => {
    await temporal.teardown();
  });
  const ui = `http://127.0.0.1:${uiPort}/namespaces/default/workflows`;
  print(`  server ${temporal.address}, UI ${ui}`);

  print('Starting a simulated Cloudflare account and its name servers …');
  const simulator = started.use(
    // Each second is a minute for Cloudflare; one name server shows changes 4 s later than the other.
    startProcess(['simulator/main.ts', '--domain', domain, '--time-scale', '60', '--lag', '1,5'], {
      CLOUDFLARE_API_TOKEN: token,
    }),
  );
  const { controlUrl, environment } = readySchema.parse(
    JSON.parse(await simulator.waitForLine('"ready":true', interruption.signal)),
  );
  print(`  API ${environment['CLOUDFLARE_BASE_URL']}, name servers ${environment['DNS_NAMESERVERS']}`);

  print('Starting the worker …');
  const shared = { ...environment, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' };
  const worker = started.use(
    startProcess(['src/worker.ts'], { ...shared, CLOUDFLARE_API_TOKEN: token, POLL_FIRST_SECONDS: '1' }),
  );
  await worker.waitForLine('Worker ready', interruption.signal);

  const before = await readAccount(controlUrl);
  print(`\nOnboarding ${domain}:`);
  const follow = ['start', domain, '--yes', '--follow'];
  const starter = started.use(startProcess(['src/starter.ts', ...follow], shared, 'inherit'));
  const code = await starter.waitForExit(interruption.signal);
  if (code !== 0) {
    process.stderr.write(
      `\nThe starter ended with exit code ${code}. The worker's last output:\n${worker.lastLines(20)}\n`,
    );
    return 1;
  }

  const succeeded = await printSummary(controlUrl, before, temporal.client, ui);
  if (options.keep) await waitForCtrlC(shared);
  return succeeded ? 0 : 1;
}

async function waitForCtrlC(environment: Record<string, string>): Promise<void> {
  print('\nEverything keeps running until Ctrl-C. To see the status from another terminal:');
  for (const [name, value] of Object.entries(environment)) print(`  export ${name}=${value}`);
  print(`  npm run starter -- status ${domain}`);
  if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
}

const readySchema = z.object({ controlUrl: z.string(), environment: z.record(z.string(), z.string()) });

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await runDemo();
} catch (error) {
  if (interruption.signal.aborted) {
    process.stdout.write('\nInterrupted; everything has been stopped.\n');
    process.exitCode = 130;
  } else {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

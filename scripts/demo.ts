/**
 * `npm run demo`: Temporal with its UI, a simulated Cloudflare account, the worker and the starter, as processes of their own
 * that know of each other by environment variables only. One onboarding from start to `enabled`.
 * `-- --keep` leaves all running until Ctrl-C. Exit code 0: enabled, and nothing else was touched.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { TestWorkflowEnvironment } from '@temporalio/testing';
import { z } from 'zod';

import { statusQuery } from '../src/contract/handlers.ts';
import { searchAttributes, workflowTypes } from '../src/contract/names/ids.ts';
import { renderDuration } from '../src/starter/screens/run.ts';
import { findFreePort, startProcess } from './demo-process.ts';
import { findTemporalCli } from './temporal-cli.js';

const domain = 'example.com';
/** Opens nothing but the simulator that this demo starts. */
const token = 'a-token-for-the-demo-only';

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());

async function demonstrate(): Promise<number> {
  await using started = new AsyncDisposableStack();

  say('Starting Temporal …');
  const uiPort = await findFreePort();
  const temporal = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await findTemporalCli() },
      searchAttributes: [...searchAttributes],
      ui: true,
      uiPort,
    },
  });
  started.defer(async () => {
    await temporal.teardown();
  });
  const ui = `http://127.0.0.1:${uiPort}/namespaces/default/workflows`;
  say(`  server ${temporal.address}, UI ${ui}`);

  say('Starting a simulated Cloudflare account and its name servers …');
  const simulator = started.use(
    // A minute of Cloudflare's time in each second; one name server shows changes 4 s later than the other.
    startProcess(['simulator/main.ts', '--domain', domain, '--time-scale', '60', '--lag', '1,5'], {
      CLOUDFLARE_API_TOKEN: token,
    }),
  );
  const { controlUrl, environment } = readySchema.parse(
    JSON.parse(await simulator.waitForLine('"ready":true', interruption.signal)),
  );
  say(`  API ${environment['CLOUDFLARE_BASE_URL']}, name servers ${environment['DNS_NAMESERVERS']}`);

  say('Starting the worker …');
  const shared = { ...environment, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' };
  const worker = started.use(startProcess(['src/worker.ts'], { ...shared, CLOUDFLARE_API_TOKEN: token }));
  await worker.waitForLine('Worker ready', interruption.signal);

  const before = await readState(controlUrl);
  say(`\nOnboarding ${domain}:`);
  const follow = ['start', domain, '--yes', '--follow', '--polling-first-seconds', '1'];
  const starter = started.use(startProcess(['src/starter.ts', ...follow], shared, 'inherit'));
  const code = await starter.waitForExit(interruption.signal);
  if (code !== 0) {
    process.stderr.write(`\nThe starter ended with code ${code}. The worker's last words:\n${worker.lastLines(20)}\n`);
    return 1;
  }

  const enabled = await summarise(controlUrl, before, temporal, ui);
  if (options.keep) {
    say('\nEverything is left running. Another look, from another terminal:');
    for (const [name, value] of Object.entries(shared)) say(`  export ${name}=${value}`);
    say(`  npm run starter -- status ${domain}\nCtrl-C ends it.`);
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
  }
  return enabled ? 0 : 1;
}

const readySchema = z.object({ controlUrl: z.string(), environment: z.record(z.string(), z.string()) });

const stateSchema = z.object({
  connectors: z.array(z.object({ id: z.string(), email_domain: z.string(), enabled: z.boolean() })),
  zones: z.array(z.object({ name: z.string(), records: z.array(z.looseObject({ id: z.string(), type: z.string() })) })),
});
type State = z.infer<typeof stateSchema>;

const logSchema = z.array(z.object({ method: z.string(), path: z.string(), status: z.number().nullish() }));

async function readState(controlUrl: string): Promise<State> {
  return stateSchema.parse(await (await fetch(`${controlUrl}/state`)).json());
}

/** Tells how it went, from the account's side rather than the worker's; true when all is as it should be. */
async function summarise(
  controlUrl: string,
  before: State,
  temporal: TestWorkflowEnvironment,
  ui: string,
): Promise<boolean> {
  const [after, log, [run]] = await Promise.all([
    readState(controlUrl),
    fetch(`${controlUrl}/log`).then(async (response) => logSchema.parse(await response.json())),
    Array.fromAsync(temporal.client.workflow.list({ query: `WorkflowType = '${workflowTypes.onboarding}'` })),
  ]);
  if (run === undefined) throw new Error('Temporal does not list the run');
  const status = await temporal.client.workflow.getHandle(run.workflowId).query(statusQuery);
  if (status.kind !== 'onboarding') throw new Error(`The run is an ${status.kind}`);
  const { verification, timeline, connector, txtRecord } = status;

  say('\nSummary');
  say(
    `  connector     ${connector?.id}, enabled: ${after.connectors.some(({ id, enabled }) => id === connector?.id && enabled)}`,
  );
  say(`  TXT value     ${txtRecord?.name} "${txtRecord?.value}"`);
  const siblings = before.zones.flatMap(({ records }) => records);
  const left = after.zones.flatMap(({ records }) => records);
  const untouched = siblings.every((record) => left.some((other) => JSON.stringify(other) === JSON.stringify(record)));
  say(
    `  other records ${siblings.length} before, ${untouched ? 'all of them unchanged' : 'NOT ALL UNCHANGED'}; ${left.length - siblings.length} added`,
  );
  say(`  verification  checked ${verification.checks} times, begun again ${verification.restarts} times`);
  for (const [index, { phase, enteredAt }] of timeline.entries()) {
    const next = timeline[index + 1];
    if (next)
      say(
        `  ${index === 0 ? 'time' : '    '}          ${phase}: ${renderDuration((Date.parse(next.enteredAt) - Date.parse(enteredAt)) / 1000)}`,
      );
  }
  say(`  API calls     ${log.length} in all`);
  for (const [kind, count] of countKinds(log)) say(`                ${String(count).padStart(2)} × ${kind}`);
  say(`  Temporal UI   ${ui}/${encodeURIComponent(run.workflowId)}/${run.runId}/history`);

  return untouched && after.connectors.length === 1 && after.connectors.every(({ enabled }) => enabled);
}

/** Calls by method and path, ids left out. */
function countKinds(log: z.infer<typeof logSchema>): Map<string, number> {
  const kinds = log.map(
    ({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{32}/gu, '{id}').replace(/^\/client\/v4/u, '')}`,
  );
  return kinds.reduce((counts, kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1), new Map<string, number>());
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await demonstrate();
} catch (error) {
  if (interruption.signal.aborted) {
    process.stdout.write('\nInterrupted; everything has been stopped.\n');
    process.exitCode = 130;
  } else {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

import type { Client } from '@temporalio/client';
import { z } from 'zod';

import { statusQuery } from '../src/contract/handlers.ts';
import { workflowTypes } from '../src/contract/names/ids.ts';
import { renderDuration } from '../src/starter/screens/duration.ts';

const accountSchema = z.object({
  connectors: z.array(z.object({ id: z.string(), email_domain: z.string(), enabled: z.boolean() })),
  zones: z.array(z.object({ name: z.string(), records: z.array(z.looseObject({ id: z.string(), type: z.string() })) })),
});
/** What the simulated account holds. */
type Account = z.infer<typeof accountSchema>;

const callsSchema = z.array(z.object({ method: z.string(), path: z.string(), status: z.number().nullish() }));
type Calls = z.infer<typeof callsSchema>;

export async function readAccount(controlUrl: string): Promise<Account> {
  return accountSchema.parse(await (await fetch(`${controlUrl}/state`)).json());
}

async function readCalls(controlUrl: string): Promise<Calls> {
  return callsSchema.parse(await (await fetch(`${controlUrl}/log`)).json());
}

/**
 * Prints what has changed in the simulated account, and how long each phase took. Returns true when the connector is
 * enabled and every DNS record from `before` is unchanged.
 */
export async function printSummary(controlUrl: string, before: Account, client: Client, ui: string): Promise<boolean> {
  const [after, calls, [run]] = await Promise.all([
    readAccount(controlUrl),
    readCalls(controlUrl),
    Array.fromAsync(client.workflow.list({ query: `WorkflowType = '${workflowTypes.onboarding}'` })),
  ]);
  if (run === undefined) throw new Error('Temporal does not list the run');
  const status = await client.workflow.getHandle(run.workflowId).query(statusQuery);
  if (status.kind !== 'onboarding') throw new Error(`The run is an ${status.kind}`);
  const { verification, timeline, connector, txtRecord } = status;

  const enabled = after.connectors.some((one) => one.id === connector?.id && one.enabled);
  const recordsBefore = before.zones.flatMap(({ records }) => records);
  const recordsAfter = after.zones.flatMap(({ records }) => records);
  const unchanged = recordsBefore.every((record) =>
    recordsAfter.some((other) => JSON.stringify(other) === JSON.stringify(record)),
  );
  const phases = timeline.flatMap(({ phase, enteredAt }, index) => {
    const next = timeline[index + 1];
    if (next === undefined) return [];
    return [`${phase}: ${renderDuration((Date.parse(next.enteredAt) - Date.parse(enteredAt)) / 1000)}`];
  });
  const others = unchanged ? 'all of them unchanged' : 'NOT ALL UNCHANGED';
  const added = recordsAfter.length - recordsBefore.length;
  printTable([
    ['connector', [`${connector?.id}, enabled: ${enabled}`]],
    ['TXT value', [`${txtRecord?.name} "${txtRecord?.value}"`]],
    ['other records', [`${recordsBefore.length} before, ${others}; ${added} added`]],
    ['verification', [`checked ${verification.checks} times, begun again ${verification.restarts} times`]],
    ['time', phases],
    ['API calls', [`${calls.length} in all`, ...countKinds(calls)]],
    ['Temporal UI', [`${ui}/${encodeURIComponent(run.workflowId)}/${run.runId}/history`]],
  ]);
  return enabled && unchanged && after.connectors.length === 1;
}

/** One line for each kind of call: method and path without ids. */
function countKinds(calls: Calls): string[] {
  const counts = new Map<string, number>();
  for (const { method, path } of calls) {
    const kind = `${method} ${path.replaceAll(/[0-9a-f]{32}/gu, '{id}').replace(/^\/client\/v4/u, '')}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${String(count).padStart(2)} × ${kind}`);
}

/** Each label stands before its first line. */
function printTable(rows: [label: string, lines: string[]][]): void {
  const text = rows.flatMap(([label, lines]) =>
    lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(13)} ${line}\n`),
  );
  process.stdout.write(`\nSummary\n${text.join('')}`);
}

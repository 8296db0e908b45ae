/** Off-boarding, bulk, drift, and the small workflows beside them. */
import { deliverEvent } from '../../src/client/deliver-event.ts';
import { recordIdFor, workflowIdFor } from '../../src/contract/names/ids.ts';
import type { DomainRequest } from '../../src/contract/handlers.ts';
import { addZones, bulkOf, inputOfRow, nameDomains, startBulk, waitForBulk } from '../support/bulk-world.ts';
import { startReceiver, writeSecrets } from '../support/call-back-receiver.ts';
import { connectorOf, onboardAll, removeTxt, startDriftCheck } from '../support/drift-world.ts';
import { newSecret } from '../support/new-secret.ts';
import type { World } from '../support/onboarding-world.ts';
import { holdCall, releaseCalls } from '../workflows/kill-points.ts';
import { startOffboarding, waitForApprovalRequest } from '../workflows/offboarding/offboarding.ts';
import { approve, startOnboarding } from './scenario.ts';
import type { Scenario } from './scenario.ts';

async function onboard(world: World): Promise<void> {
  await (await startOnboarding(world)).result();
}

const offboarding: readonly Scenario[] = [
  {
    histories: ['offboarded', 'connector-record-closed'],
    async play(world) {
      await onboard(world);
      // Updates the record that the first onboarding opened.
      await (await world.start(world.input())).result();
      const handle = await startOffboarding(world);
      await handle.result();
      return [handle, world.client.workflow.getHandle(recordIdFor(world.accountId, 'example.com'))];
    },
  },
  {
    histories: ['offboarded-after-approval'],
    async play(world) {
      await onboard(world);
      const handle = await startOffboarding(world, { disablement: 'after-approval' });
      await waitForApprovalRequest(handle);
      await approve(handle);
      return [handle];
    },
  },
  {
    histories: ['offboarding-incomplete'],
    async play(world) {
      await onboard(world);
      const connector = { method: 'DELETE', path: '/accounts/*/sso_connectors/*', nth: 1 };
      const isHeld = holdCall(world.simulator, connector, 'before');
      const handle = await startOffboarding(world);
      await isHeld();
      await handle.cancel();
      await handle.result().catch(() => null);
      await releaseCalls(world.simulator);
      return [handle];
    },
  },
];

const bulk: readonly Scenario[] = [
  {
    histories: ['bulk'],
    async play(world) {
      const domains = nameDomains(4);
      const [before = '', , undelegated] = domains;
      addZones(
        world,
        domains.filter((domain) => domain !== undelegated),
      );
      await world.startWorker();
      await (await world.start(inputOfRow(bulkOf(world, []), before))).result();
      return [await startBulk(world, bulkOf(world, domains))];
    },
  },
  {
    histories: ['bulk-with-running-onboardings'],
    async play(world) {
      const domains = nameDomains(2);
      const [same = '', other = ''] = domains;
      addZones(world, domains);
      await world.startWorker();
      const input = bulkOf(world, domains);
      const runs = await Promise.all([
        world.start(inputOfRow(input, same)),
        world.start({ ...inputOfRow(input, other), enablement: 'after-approval' }),
      ]);
      const handle = await startBulk(world, input);
      await handle.result();
      await Promise.all(runs.map(async (run) => await run.terminate().catch(() => null)));
      return [handle];
    },
  },
  {
    histories: ['bulk-continues-as-new', 'bulk-continued'],
    suggestedEvents: 60,
    async play(world) {
      const domains = nameDomains(12);
      const [waiting = ''] = domains;
      addZones(world, domains);
      await world.startWorker();
      const rows = domains.map((emailDomain) => ({
        emailDomain,
        ...(emailDomain === waiting ? { enablement: 'after-approval' as const } : {}),
      }));
      const handle = await startBulk(world, bulkOf(world, rows, { concurrency: 4 }));
      const { runId } = await handle.describe();
      await waitForBulk(handle, ({ counts }) => counts.enabled === domains.length - 1);
      await approve(world.client.workflow.getHandle(workflowIdFor(world.accountId, waiting)));
      await handle.result();
      return [world.client.workflow.getHandle(handle.workflowId, runId), handle];
    },
  },
];

/** What a worker needs to send call-backs to a receiver that lives as long as `use` runs. */
async function withReceiver<Result>(
  use: (receiver: { callbackUrl: string; environment: Record<string, string> }) => Promise<Result>,
): Promise<Result> {
  await using secrets = await writeSecrets([newSecret()]);
  await using receiver = await startReceiver();
  const environment = { CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: secrets.path };
  return await use({ callbackUrl: `${receiver.origin}/hook`, environment });
}

const drift: readonly Scenario[] = [
  {
    histories: ['drift-repaired', 'drift-call-back'],
    play: async (world) =>
      await withReceiver(async ({ callbackUrl, environment }) => {
        await world.startWorker(environment);
        await onboardAll(world, ['disabled.com', 'missing.com']);
        const { id } = connectorOf(world.simulator, 'disabled.com');
        world.simulator.account.connectors.change(id, { enabled: false });
        removeTxt(world.simulator, 'missing.com');
        const handle = await startDriftCheck(world, { repair: true, callbackUrl });
        await handle.result();
        const callBack = world.client.workflow.getHandle(`sso-call-back/${(await handle.describe()).runId}/drift`);
        await callBack.result();
        return [handle, callBack];
      }),
  },
  {
    histories: ['account-unreadable'],
    async play(world) {
      await onboard(world);
      world.simulator.account.patch({ tokens: [] });
      return [await startDriftCheck(world)];
    },
  },
];

async function deliver(world: World, eventId: string, request: DomainRequest) {
  await deliverEvent(world.client, { caller: 'recorded', eventId }, request);
  const handle = world.client.workflow.getHandle(`sso-delivery/recorded/${eventId}`);
  await handle.result();
  return handle;
}

const events: readonly Scenario[] = [
  {
    histories: ['event-started', 'event-joined'],
    simulator: { nameServerLagSeconds: [3600, 3600] },
    async play(world) {
      await world.startWorker();
      const request = { kind: 'onboarding', input: world.input() } as const;
      return [await deliver(world, '1', request), await deliver(world, '2', request)];
    },
  },
];

export const otherScenarios: readonly Scenario[] = [...offboarding, ...bulk, ...drift, ...events];

import { setTimeout as sleep } from 'node:timers/promises';

import { confirmUpdate, giveUpUndoUpdate, rejectUpdate } from '../../src/contract/handlers.ts';
import { startRoute53 } from '../dns/servers/moto.ts';
import { addTxtByHand } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { startWorkerProcess } from '../support/processes.ts';
import { timingVariables } from '../support/timing-variables.ts';
import { approve, decision, startOnboarding } from './scenario.ts';
import type { Scenario } from './scenario.ts';

/** Verifies only when asked to begin. */
const verifier = { everySeconds: 3600, timeoutSeconds: 1_000_000 };
/** The TXT value stays invisible. */
const lagging = { nameServerLagSeconds: [3600, 3600] };
const records = '/zones/*/dns_records';

function setNameServers({ simulator }: World, mode: 'normal' | 'servfail'): void {
  for (const server of simulator.nameServers) server.mode = mode;
}

function verify({ simulator: { account } }: World): void {
  for (const { id } of account.connectors.list()) account.connectors.change(id, { status: 'verified' });
}

export const onboardingScenarios: readonly Scenario[] = [
  { histories: ['onboarded'], play: async (world) => [await startOnboarding(world)] },
  {
    histories: ['onboarded-with-chosen-provider'],
    play: async (world) => [await startOnboarding(world, { dnsProvider: 'auto' })],
  },
  {
    histories: ['onboarded-without-propagation-check'],
    play: async (world) => [await startOnboarding(world, { propagationCheck: 'off' })],
  },
  {
    histories: ['enabled-before'],
    async play(world) {
      const first = await startOnboarding(world);
      await first.result();
      return [await world.start(world.input())];
    },
  },
  {
    histories: ['published-by-hand'],
    async play(world) {
      const handle = await startOnboarding(world, { dnsProvider: 'manual' });
      const { connector } = await world.waitForStatus(
        handle,
        ({ phase, nextCheckAt }) => phase === 'waiting-for-dns' && nextCheckAt !== null,
      );
      await addTxtByHand(world, 'example.com', connector?.verificationCode ?? 'none');
      return [handle];
    },
  },
  {
    histories: ['approved'],
    async play(world) {
      const handle = await startOnboarding(world, {
        enablement: 'after-approval',
        approval: { remindEverySeconds: 1, expireSeconds: 300 },
      });
      await world.waitForStatus(handle, ({ approval }) => approval?.reminders === 1);
      await approve(handle);
      return [handle];
    },
  },
  {
    histories: ['rejected'],
    async play(world) {
      const handle = await startOnboarding(world, { enablement: 'after-approval' });
      await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
      await handle.executeUpdate(rejectUpdate, { args: [decision] });
      return [handle];
    },
  },
  {
    histories: ['confirmed'],
    async play(world) {
      const handle = await startOnboarding(world, { confirmWithinSeconds: 600 });
      await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
      await handle.executeUpdate(confirmUpdate, { args: [decision] });
      return [handle];
    },
  },
  {
    histories: ['not-confirmed'],
    play: async (world) => [await startOnboarding(world, { confirmWithinSeconds: 1 })],
  },
  {
    histories: ['input-refused'],
    async play(world) {
      await world.startWorker();
      return [await world.start({ ...world.input(), emailDomain: 'gmail.com' }, `sso/${world.accountId}/gmail.com`)];
    },
  },
  {
    histories: ['prerequisites-not-met'],
    async play(world) {
      world.simulator.account.patch({ identityProviders: [] });
      return [await startOnboarding(world)];
    },
  },
  {
    histories: ['enabling-refused'],
    async play(world) {
      world.simulator.account.patch({ enabledElsewhere: ['example.com'] });
      return [await startOnboarding(world)];
    },
  },
  {
    histories: ['cancelled-and-undone'],
    simulator: lagging,
    async play(world) {
      const handle = await startOnboarding(world);
      await world.waitForStatus(handle, ({ phase, evidence }) => phase === 'waiting-for-dns' && evidence !== null);
      await handle.cancel();
      return [handle];
    },
  },
  {
    histories: ['deadline-passed'],
    simulator: lagging,
    play: async (world) => [await startOnboarding(world, { deadlineSeconds: 4 })],
  },
  {
    histories: ['undo-given-up'],
    simulator: lagging,
    async play(world) {
      const handle = await startOnboarding(world);
      await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
      world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
      await handle.cancel();
      await world.waitForStatus(handle, ({ phase }) => phase === 'undoing');
      await handle.executeUpdate(giveUpUndoUpdate, { args: [decision] });
      return [handle];
    },
  },
  {
    histories: ['publishing-unanswered-and-undone'],
    timings: timingVariables({ attemptSeconds: 1, heartbeatSeconds: 0.5 }),
    async play(world) {
      world.simulator.faults.add({ method: 'POST', path: records, times: 'forever', when: 'after', fault: 'reset' });
      const handle = await startOnboarding(world, { deadlineSeconds: 4 });
      return [handle];
    },
  },
  {
    histories: ['creation-unanswered'],
    simulator: { secondConnector: 'allowed' },
    async play(world) {
      world.simulator.faults.add({ method: 'POST', path: '/accounts/*/sso_connectors', when: 'after', fault: 'reset' });
      return [await startOnboarding(world)];
    },
  },
  {
    histories: ['verification-begun-again'],
    simulator: { verifier },
    async play(world) {
      setNameServers(world, 'servfail');
      const handle = await startOnboarding(world, { propagationCheck: 'off' });
      await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
      setNameServers(world, 'normal');
      const [connector] = world.simulator.account.connectors.list();
      world.simulator.account.connectors.change(connector?.id ?? '', { status: 'failed' });
      return [handle];
    },
  },
  {
    histories: ['published-again'],
    simulator: { verifierNameServers: [] },
    timings: timingVariables({ propagationRefreshSeconds: 0.2 }),
    async play(world) {
      const handle = await startOnboarding(world);
      await world.waitForStatus(handle, ({ phase, evidence }) => phase === 'waiting-for-verification' && evidence !== null);
      for (const zone of world.simulator.account.zones.list()) {
        for (const { id, type, content } of zone.records)
          if (type === 'TXT' && content.includes('cloudflare')) zone.remove(id);
      }
      await world.waitForStatus(handle, ({ verification }) => verification.republished === 1);
      verify(world);
      return [handle];
    },
  },
  {
    histories: ['token-refused-for-a-while'],
    async play(world) {
      world.simulator.faults.add({ path: records, times: 2, when: 'before', fault: 'unauthorised' });
      return [await startOnboarding(world)];
    },
  },
  {
    histories: ['continues-as-new', 'continued-as-new'],
    suggestedEvents: 60,
    simulator: { verifier },
    async play(world) {
      setNameServers(world, 'servfail');
      const handle = await startOnboarding(world, { propagationCheck: 'off' });
      const newest = world.client.workflow.getHandle(handle.workflowId);
      const first = world.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
      while ((await newest.describe()).runId === handle.firstExecutionRunId) await sleep(100);
      verify(world);
      await newest.result();
      return [first, newest];
    },
  },
  {
    histories: ['published-at-route53'],
    async play(world) {
      await using route53 = await startRoute53({ pendingQueries: 2 });
      await route53.createZone('example.com');
      const at = `${route53.named.address}:${route53.named.port}`;
      // The AWS SDK reads its variables from the environment of its process.
      await using _worker = startWorkerProcess({
        ...world.environment,
        ...route53.environment,
        DNS_PROVIDER: 'route53',
        DNS_NAMESERVERS: at,
        DNS_RESOLVERS: at,
      });
      const handle = await world.start(world.input());
      await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-verification');
      verify(world);
      await handle.result();
      return [handle];
    },
  },
];

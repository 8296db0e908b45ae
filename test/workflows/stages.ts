/** Points at which a run is stopped from outside. */
import type { WorkflowHandle } from '@temporalio/client';
import { expect, vi } from 'vitest';

import type { SimulatorOptions } from '../../simulator/simulator.ts';
import { statusQuery } from '../../src/contract/handlers.ts';
import type { Phase } from '../../src/contract/names/phases.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import type { World } from '../support/onboarding-world.ts';
import { hangsAfter } from './endings.ts';
import { holdCall, releaseCalls } from './kill-points.ts';

export interface Stage {
  phase: Phase;
  /** What the run is doing in that phase. */
  doing: string;
  simulator?: SimulatorOptions;
  input?: Partial<OnboardingInput>;
  /** Whether a call is held whose effect is still to come. */
  owesEffect: boolean;
  /** Called before the run is started; the function that it returns waits until the run has reached the stage. */
  arrange: (world: World) => (handle: WorkflowHandle) => Promise<void>;
}

export const nameStage = ({ phase, doing }: Stage) => `${phase}, ${doing}`;

const connectors = '/accounts/*/sso_connectors';
const connector = '/accounts/*/sso_connectors/*';
const records = '/zones/*/dns_records';

/** A run whose call is held: a write before or after its effect, or a read. */
function holding(phase: Phase, method: string, path: string, when: 'before' | 'after'): Stage {
  const what = method === 'GET' ? 'a read held' : `${method} ${path} held ${when} its effect`;
  const owesEffect = when === 'before' && method !== 'GET';
  return {
    phase,
    doing: what,
    owesEffect,
    arrange: ({ simulator }) => holdCall(simulator, { method, path, nth: 1 }, when),
  };
}

/** A verifier that queries DNS once, when verification begins, and gets no answer. */
const blindVerifier = { verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } };

function blindNameServers({ simulator }: World): void {
  for (const server of simulator.nameServers) server.mode = 'servfail';
}

export const checking = holding('checking-prerequisites', 'GET', '/user/tokens/verify', 'before');
export const readingConnectors: Stage = {
  phase: 'creating-connector',
  doing: 'a read held',
  owesEffect: false,
  // The first list belongs to the prerequisites.
  arrange: ({ simulator }) => holdCall(simulator, { method: 'GET', path: connectors, nth: 2 }, 'before'),
};

export const writing: readonly Stage[] = [
  holding('creating-connector', 'POST', connectors, 'before'),
  holding('creating-connector', 'POST', connectors, 'after'),
  holding('publishing-txt', 'POST', records, 'before'),
  holding('publishing-txt', 'POST', records, 'after'),
  holding('waiting-for-verification', 'POST', `${connector}/begin_verification`, 'before'),
  holding('waiting-for-verification', 'POST', `${connector}/begin_verification`, 'after'),
  holding('enabling', 'PATCH', connector, 'before'),
  holding('enabling', 'PATCH', connector, 'after'),
];

export const waitingForDns: Stage = {
  phase: 'waiting-for-dns',
  doing: 'on a timer',
  owesEffect: false,
  simulator: { nameServerLagSeconds: [3600, 3600] },
  arrange: (world) => async (handle) => {
    await world.waitForStatus(handle, ({ phase, evidence }) => phase === 'waiting-for-dns' && evidence !== null);
  },
};

export const waitingForVerification: Stage = {
  phase: 'waiting-for-verification',
  doing: 'on a timer',
  owesEffect: false,
  simulator: blindVerifier,
  input: { propagationCheck: 'off' },
  arrange: (world) => {
    blindNameServers(world);
    return async (handle) => {
      await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    };
  },
};

/** Everything that can be undone has been done. */
export const readingBack: Stage = {
  phase: 'enabling',
  doing: 'the read-back held',
  owesEffect: false,
  arrange: ({ simulator }) => {
    const enabled = holdCall(simulator, { method: 'PATCH', path: connector, nth: 1 }, 'after');
    return async () => {
      await enabled();
      const readBack = holdCall(simulator, { method: 'GET', path: connector, nth: 1 }, 'before');
      await releaseCalls(simulator);
      await readBack();
    };
  },
};

/** A full undo, with one of its calls held. */
function undoing(method: string, path: string, when: 'before' | 'after'): Stage {
  return {
    phase: 'undoing',
    doing: `${method} ${path} held ${when} its effect`,
    owesEffect: when === 'before',
    arrange: (world) => {
      const reached = readingBack.arrange(world);
      return async (handle) => {
        await reached(handle);
        const held = holdCall(world.simulator, { method, path, nth: 1 }, when);
        await handle.cancel();
        await held();
      };
    },
  };
}

export const undoingSteps: readonly Stage[] = [
  undoing('PATCH', connector, 'before'),
  undoing('PATCH', connector, 'after'),
  undoing('DELETE', `${records}/*`, 'before'),
  undoing('DELETE', `${records}/*`, 'after'),
  undoing('DELETE', connector, 'before'),
  undoing('DELETE', connector, 'after'),
];

/** Until the run has asked its activity to stop, which the activity hears with its next heartbeat. */
export async function waitForCancelRequest(handle: WorkflowHandle): Promise<void> {
  await vi.waitFor(async () => {
    const { events } = await handle.fetchHistory();
    const isAsked = events?.some(({ activityTaskCancelRequestedEventAttributes: asked }) => asked) ?? false;
    expect(isAsked, 'no activity was asked to stop').toBe(true);
  }, hangsAfter);
}

export async function waitForUndoing(handle: WorkflowHandle): Promise<void> {
  await vi.waitFor(async () => {
    // An undo that waits for nothing can end between two queries.
    expect(['undoing', 'undone']).toContain((await handle.query(statusQuery)).phase);
  }, hangsAfter);
}

const undoActivities = new Set(['disableConnector', 'removeTxtRecord', 'deleteConnector']);

/** Until the undo has completed its first attempt, which finds nothing of a call that is still held. */
export async function waitForFirstUndoAttempt(handle: WorkflowHandle): Promise<void> {
  await vi.waitFor(async () => {
    const { events = [] } = await handle.fetchHistory();
    const scheduled = new Set(
      events
        ?.filter(({ activityTaskScheduledEventAttributes: a }) => undoActivities.has(a?.activityType?.name ?? ''))
        .map(({ eventId }) => String(eventId)),
    );
    const isDone = events?.some(({ activityTaskCompletedEventAttributes: done }) => {
      return done && scheduled.has(String(done.scheduledEventId));
    });
    expect(isDone, 'no attempt of the undo is complete').toBe(true);
  }, hangsAfter);
}

/** The runs whose calls are made to fail. */
import { vi } from 'vitest';

import { checkNowSignal } from '../../../src/contract/handlers.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import type { Fault } from '../../../simulator/faults.ts';
import type { SimulatorOptions } from '../../../simulator/simulator.ts';
import { waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { isCreate, isEnabling } from './calls.ts';
import type { Call } from './calls.ts';
import type { End, Handle } from './ending.ts';

export interface Strike {
  fault: Fault;
  /** Whether the struck call has its effect. */
  when: 'before' | 'after';
  span: 'once' | 'for ever';
}

export interface Scenario {
  name: string;
  world: SimulatorOptions;
  /** Of the worker, as variables. */
  timings: Record<string, string>;
  input: Partial<OnboardingInput>;
  /** Starts the run and brings it to the first call that counts; there it calls `arm`. */
  play: (world: World, input: OnboardingInput, arm: () => void) => Promise<Handle>;
  /** The calls to be struck, of all that the run without faults made once armed. */
  choose: (calls: Call[]) => Call[];
  /** How the run may end when this call of the run without faults is struck. */
  expect: (call: Call, calls: Call[], strike: Strike) => End[];
}

const timings = {
  retryFirstSeconds: 0.05,
  retryMaxSeconds: 0.3,
  authRetrySeconds: 0.2,
  throttledRetrySeconds: 0.2,
  undoRetrySeconds: 0.2,
  attemptSeconds: 1,
  heartbeatSeconds: 0.5,
};

export const uninterrupted: Scenario = {
  name: 'a run that nobody interrupts',
  // The account's own refusal of a second connector would hide an attempt to make one.
  world: { secondConnector: 'allowed' },
  timings: timingVariables({ ...timings, pollFirstSeconds: 0.2, pollMaxSeconds: 0.2 }),
  input: {},
  async play(world, input, arm) {
    arm();
    return await world.start(input);
  },
  choose: (calls) => calls,
  expect(call, calls, { fault, when, span }) {
    // The connectors are listed twice before the create: for the record, and by the activity that creates.
    const create = calls.findIndex(isCreate);
    const [recorded, ownList] = [create - 2, create - 1];
    const position = calls.indexOf(call);
    // The prerequisites report a refused token, and do not wait for another.
    if (position < recorded && fault === 'unauthorised') return ['untouched'];
    // The run reads before it writes again, so a write that is never answered costs one more attempt.
    if (span === 'once' || when === 'after') return ['enabled'];
    if (position <= recorded) return ['untouched'];
    // No attempt has sent anything, or each was refused: how the last one ended decides whether the run knows that.
    if (position === ownList || (position === create && isRefusal(fault))) return ['undone', 'untouched'];
    return ['undone'];
  },
};

/** An answer that says for certain that there was no effect. */
function isRefusal(fault: Fault): boolean {
  return fault === 'unauthorised' || (typeof fault === 'object' && 'status' in fault && fault.status === 429);
}

/** Nobody finds the TXT value, and the run reads the connector only when it gets the signal `checkNow`. */
const waiting = {
  world: {
    ...uninterrupted.world,
    nameServerLagSeconds: [3600],
    verifier: { everySeconds: 3600, timeoutSeconds: 1e6 },
  },
  input: { propagationCheck: 'off', deadlineSeconds: 86_400 },
} satisfies Partial<Scenario>;
const waitingTimings = { ...timings, pollFirstSeconds: 3600, pollMaxSeconds: 3600 };

async function startWaiting(world: World, input: OnboardingInput): Promise<Handle> {
  const handle = await world.start(input);
  await world.waitForStatus(
    handle,
    ({ phase, nextCheckAt }) => phase === 'waiting-for-verification' && nextCheckAt !== null,
  );
  return handle;
}

export const cancelledWhileWaiting: Scenario = {
  name: 'a run cancelled while it waits for verification',
  ...waiting,
  timings: timingVariables(waitingTimings),
  async play(world, input, arm) {
    const handle = await startWaiting(world, input);
    arm();
    await handle.cancel();
    return handle;
  },
  choose: (calls) => calls,
  expect: () => ['undone'],
};

/** While waiting, before enabling, and after enabling. */
const readBack = 3;

export const cancelledWhenEnabled: Scenario = {
  name: 'a run cancelled right after it has enabled',
  ...waiting,
  // The attempt that is held has to last until the cancellation reaches it.
  timings: timingVariables({ ...waitingTimings, attemptSeconds: 4 }),
  async play(world, input, arm) {
    const { account, faults, log } = world.simulator;
    const handle = await startWaiting(world, input);
    const [connector] = account.connectors.list();
    account.connectors.change(connector?.id ?? '', { status: 'verified' });
    faults.add({ method: 'GET', path: '/accounts/*/sso_connectors/*', nth: readBack, when: 'before', fault: 'hold' });
    await handle.signal(checkNowSignal);
    await vi.waitFor(() => {
      if (!log.list().some(({ fault }) => fault?.fault === 'hold')) throw new Error('nothing is held yet');
    }, waitOptions);
    arm();
    await handle.cancel();
    return handle;
  },
  // The rest is the same as after a cancel while waiting.
  choose: (calls) => calls.slice(0, calls.findIndex(isEnabling) + 2),
  expect: () => ['undone'],
};

/** The runs whose calls are made to fail. */
import { vi } from 'vitest';

import { checkNowSignal } from '../../../src/contract/handlers.ts';
import type { Pace } from '../../../src/contract/old-contract.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import type { Fault } from '../../../simulator/faults.ts';
import type { SimulatorOptions } from '../../../simulator/simulator.ts';
import { waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
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
  input: Partial<OnboardingInput>;
  /** Starts the run and brings it to where its calls count: `arm` is called there. */
  play: (world: World, input: OnboardingInput, arm: () => void) => Promise<Handle>;
  /** The calls to be struck, out of all that the undisturbed run made once armed. */
  choose: (calls: Call[]) => Call[];
  /** How the run may end when this call, out of all of the undisturbed run, is struck. */
  expect: (call: Call, calls: Call[], strike: Strike) => End[];
}

const pace: Pace = {
  retryFirstSeconds: 0.05,
  retryMaxSeconds: 0.3,
  authRetrySeconds: 0.2,
  throttledSeconds: 0.2,
  attemptSeconds: 1,
  heartbeatSeconds: 0.5,
  undoRetrySeconds: 0.2,
};

const undisturbed: Scenario = {
  name: 'a run that is left alone',
  // The account's own refusal of a second connector would hide an attempt to make one.
  world: { secondConnector: 'allowed' },
  input: { pace, polling: { firstSeconds: 0.2, growth: 0.1, maxSeconds: 0.2 } },
  async play(world, input, arm) {
    arm();
    return await world.start(input);
  },
  choose: (calls) => calls,
  expect(call, calls, { fault, when, span }) {
    // Two looks of its own come right before the create: the recorded one, and that of the creating activity.
    const create = calls.findIndex(isCreate);
    const [recorded, ownLook] = [create - 2, create - 1];
    const position = calls.indexOf(call);
    // There a refused token is an answer, not something to wait for.
    if (position < recorded && fault === 'unauthorised') return ['untouched'];
    // The run looks for what it wrote before it writes again, so a write that is never answered costs one more try.
    if (span === 'once' || when === 'after') return ['enabled'];
    if (position <= recorded) return ['untouched'];
    // No try has sent anything, or each was refused: whether the run knows that is up to how its last try ended.
    if (position === ownLook || (position === create && isRefusal(fault))) return ['undone', 'untouched'];
    return ['undone'];
  },
};

/** An answer that says for certain that there was no effect. */
function isRefusal(fault: Fault): boolean {
  return fault === 'unauthorised' || (typeof fault === 'object' && 'status' in fault && fault.status === 429);
}

/** Nobody finds the TXT value, and the run looks only when it is told to. */
const waiting = {
  world: { ...undisturbed.world, nameServerLagSeconds: [3600], verifier: { everySeconds: 3600, timeoutSeconds: 1e6 } },
  input: {
    propagation: { check: 'off' },
    polling: { firstSeconds: 3600, growth: 0, maxSeconds: 3600 },
    deadlineSeconds: 86_400,
  },
} satisfies Partial<Scenario>;

async function startWaiting(world: World, input: OnboardingInput): Promise<Handle> {
  const handle = await world.start(input);
  await world.waitForStatus(
    handle,
    ({ phase, nextCheckAt }) => phase === 'waiting-for-verification' && nextCheckAt !== null,
  );
  return handle;
}

const cancelledWhileWaiting: Scenario = {
  name: 'a run cancelled while it waits for verification',
  world: waiting.world,
  input: { ...waiting.input, pace },
  async play(world, input, arm) {
    const handle = await startWaiting(world, input);
    arm();
    await handle.cancel();
    return handle;
  },
  choose: (calls) => calls,
  expect: () => ['undone'],
};

/** Looks while waiting, looks before enabling, reads back. */
const readBack = 3;

export const cancelledWhenEnabled: Scenario = {
  name: 'a run cancelled right after it has enabled',
  world: waiting.world,
  // The attempt that is held has to last until the cancellation reaches it.
  input: { ...waiting.input, pace: { ...pace, attemptSeconds: 4 } },
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

export const scenarios = [undisturbed, cancelledWhileWaiting, cancelledWhenEnabled];

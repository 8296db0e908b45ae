/** One run with one fault. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import type { Fault } from '../../../simulator/faults.ts';
import { phaseAttribute } from '../../../src/contract/names/ids.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import { adoptCalls, nameCall } from './calls.ts';
import type { Call } from './calls.ts';
import { close, judgeEnding } from './ending.ts';
import type { Closed, End, Ending, Handle } from './ending.ts';
import type { Scenario, Strike } from './scenarios.ts';
import type { Lease, Worlds } from './worlds.ts';

export interface Cell extends Pick<Strike, 'when' | 'span'> {
  scenario: Scenario;
  call: Call;
  fault: { name: string; fault: Fault };
  /** One of these. */
  expected: End[];
}

export interface CellReport extends Ending {
  cell: Cell;
}

/** Long enough for any machine. */
const generousDeadlineSeconds = 600;
/** Long enough to reach the call that is to fail; doubled each time that a busy machine did not reach it. */
const shortDeadlineSeconds = 3;
const mostTries = 4;
/** A run that has not ended by then never will. */
const hangsAfterMilliseconds = 120_000;
/** With the third attempt in progress, two have failed. */
const thirdAttempt = 3;
const checkEveryMilliseconds = 400;

export function nameCell({ scenario, call, fault, when, span }: Omit<Cell, 'expected'>): string {
  return `${scenario.name}: ${nameCall(call)}: ${fault.name}, ${when} the effect, ${span}`;
}

/** The calls of a run without faults. On a busy machine an attempt can time out and repeat its calls, so two runs have to agree. */
export async function recordWithoutFaults(scenario: Scenario): Promise<Call[]> {
  let before = await playWithoutFaults(scenario);
  for (let tries = 1; tries < mostTries; tries += 1) {
    const calls = await playWithoutFaults(scenario);
    if (isDeepStrictEqual(calls, before)) return calls;
    before = calls;
  }
  throw new Error(`No two runs of "${scenario.name}" made the same calls`);
}

async function playWithoutFaults(scenario: Scenario): Promise<Call[]> {
  await using world = await createWorld(scenario.world, { timings: scenario.timings });
  await world.startWorker();
  const input = world.input(scenario.input);
  const handle = await scenario.play(world, input, () => world.simulator.log.clear());
  await close(handle);
  return adoptCalls(world.simulator.log.list());
}

export async function runCell(cell: Cell, worlds: Worlds): Promise<CellReport> {
  // Only a run that is to end at its deadline has a short one, so that no slow machine changes how a cell ends.
  const isEndedByDeadline = cell.span === 'for ever' && !cell.expected.includes('enabled');
  let deadlineSeconds = isEndedByDeadline ? shortDeadlineSeconds : generousDeadlineSeconds;
  for (let tries = 1; ; tries += 1) {
    const { isStruck, ...ending } = await tryInWorld(cell, deadlineSeconds, worlds).catch(reportBreakdown);
    if (isStruck || ending.problems.length > 0) return { cell, ...ending };
    if (tries === mostTries) return { cell, ...ending, problems: ['the fault struck no call'] };
    deadlineSeconds *= 2;
  }
}

interface Try extends Ending {
  isStruck: boolean;
}

async function tryInWorld(cell: Cell, deadlineSeconds: number, worlds: Worlds): Promise<Try> {
  const lease = await worlds.borrow(cell.scenario.world, cell.scenario.timings);
  let tried: Try | null = null;
  try {
    tried = await tryCell(cell, deadlineSeconds, lease);
    return tried;
  } finally {
    if (tried?.problems.length === 0) await worlds.giveBack(lease);
    else await lease.world[Symbol.asyncDispose]();
  }
}

async function tryCell(cell: Cell, deadlineSeconds: number, { world, before }: Lease): Promise<Try> {
  const { scenario, call, fault, when, span, expected } = cell;
  const { faults, log } = world.simulator;
  let ruleId = '';
  const handle = await scenario.play(world, world.input({ deadlineSeconds, ...scenario.input }), () => {
    log.clear();
    ruleId = faults.add({ ...call, times: span === 'once' ? 1 : 'forever', when, fault: fault.fault });
  });

  const closed = await waitForClose(handle, async () => {
    if (span === 'for ever' && (await isUndoFailing(handle))) faults.removeAll();
  });
  if (closed === null) return { end: null, failure: null, problems: ['it hangs'], isStruck: true };
  const ending = judgeEnding(world, before, closed);
  const isStruck = log.list().some((entry) => entry.fault?.ruleId === ruleId);
  if (isStruck && !expected.some((end) => end === ending.end))
    ending.problems.push(`it ended ${ending.end}, not ${expected.join(' or ')} (${ending.failure ?? 'no failure'})`);
  return { ...ending, isStruck };
}

/** A cell that cannot be run must not hide the others. */
function reportBreakdown(error: unknown): Try {
  return { end: null, failure: null, problems: [`it could not be run: ${String(error)}`], isStruck: false };
}

/** `null`: it hangs. */
async function waitForClose(handle: Handle, meanwhile: () => Promise<void>): Promise<Closed | null> {
  const closing = close(handle);
  const hangsAt = Date.now() + hangsAfterMilliseconds;
  while (Date.now() < hangsAt) {
    const closed = await Promise.race([closing, sleep(checkEveryMilliseconds, null)]);
    if (closed !== null) return closed;
    await meanwhile();
  }
  return null;
}

async function isUndoFailing(handle: Handle): Promise<boolean> {
  const { raw, typedSearchAttributes } = await handle.describe();
  const attempts = (raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 1);
  return typedSearchAttributes.get(phaseAttribute) === 'undoing' && attempts.some((attempt) => attempt >= thirdAttempt);
}

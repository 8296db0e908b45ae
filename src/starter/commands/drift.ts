/** `drift` and `drift-schedule`: is what was enabled still as it should be? */
import { setTimeout as delay } from 'node:timers/promises';

import { WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { InvalidArgumentError } from 'commander';

import { deleteDriftSchedule, putDriftSchedule, readDriftSchedule } from '../../client/drift-schedule.ts';
import { lookForDrift, readLastLook } from '../../client/drift.ts';
import type { DriftWorkflow } from '../../contract/handlers.ts';
import { parseDriftInput } from '../../contract/schemas/drift.ts';
import type { DriftInput, DriftReport } from '../../contract/schemas/drift.ts';
import { countFindings, isCertain } from '../../decisions/drift-report.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { accountOf } from './common-options.ts';
import type { CommonOptions } from './common-options.ts';
import { addExamples } from './examples.ts';
import { refuseInput } from './input-options.ts';
import { outputOf } from '../terminal/output.ts';
import type { Output } from '../terminal/output.ts';
import { renderDrift, renderSchedule } from '../screens/drift.ts';
import { renderDuration } from '../screens/run.ts';
import { StarterError } from './starter-error.ts';
import type { Surroundings } from './command-context.ts';
import { withClient } from './temporal.ts';

const daySeconds = 86_400;
/** Below that a look would hardly end before the next one. */
const shortestEverySeconds = 1;
/** A look at a few domains is done by then. */
const patienceMilliseconds = 10_000;

const driftEpilogue = `
It compares what was enabled here with the account's connectors and with the TXT
values on the authoritative name servers. A domain that cannot be looked at is
said to be so, and is no drift; one that is being onboarded or off-boarded is
left to the next look. --repair publishes TXT values of ours that have vanished,
and nothing else: no look enables, disables, creates or deletes a connector.

Exit codes:
  0  nothing has drifted, and everything could be looked at
  1  something has drifted (also where it has been repaired), or could not be
     looked at
  2  wrong usage or configuration
  3  with --last: no look is remembered
  4  no Temporal server could be reached`;

const scheduleEpilogue = `
Without options it shows the account's Schedule. --every, --repair and
--callback-url set all of it anew: what is left out gets its default. A first
look starts at once; "drift --last" shows the last one.`;

interface DriftOptions extends CommonOptions {
  repair?: boolean;
  last?: boolean;
}

interface ScheduleOptions extends CommonOptions {
  every?: number | true;
  repair?: boolean;
  callbackUrl?: string;
  off?: boolean;
}

export function addDriftCommands({ command, readConfig }: Surroundings): void {
  const drift = command('drift', 'whether what was enabled still is as it should be')
    .option('--repair', 'publish TXT values of ours that have vanished again; changes nothing else')
    .option('--last', "show what the Schedule's last look came to, without looking")
    .addHelpText('after', driftEpilogue)
    .action(async ({ repair, last, ...options }: DriftOptions) => {
      if (repair === true && last === true) throw usage('--last only shows what was found: leave out --repair.');
      const config = readConfig();
      const output = outputOf(options);
      const input = readDriftInput({ accountId: accountOf(options, config), repair });
      await withClient(config.temporal, async (client) => {
        const report = last === true ? await showLast(client, input.accountId) : await look(client, input, output);
        output.print(report, renderDrift(report, new Date()));
        const isFine = countFindings(report) === 0 && isCertain(report);
        process.exitCode = isFine ? exitCodes.success : exitCodes.failed;
      });
    });
  addExamples(drift, 'drift', 'drift --repair', 'drift --last --json | jq .counts');

  const schedule = command('drift-schedule', 'look for drift again and again: set, show or end it')
    .option('--every [seconds]', 'set it; a look every so many seconds (default: 86400)', parseSeconds)
    .option('--repair', 'set it; each look publishes TXT values of ours that have vanished again')
    .option('--callback-url <url>', 'set it; gets a signed event when something has drifted')
    .option('--off', 'end it')
    .addHelpText('after', scheduleEpilogue)
    .action(async ({ every, repair, callbackUrl, off, ...options }: ScheduleOptions) => {
      const isSetting = every !== undefined || repair === true || callbackUrl !== undefined;
      if (off === true && isSetting) throw usage('--off ends the Schedule: leave out the other options.');
      const config = readConfig();
      const output = outputOf(options);
      const input = readDriftInput({ accountId: accountOf(options, config), repair, callbackUrl });
      await withClient(config.temporal, async (client) => {
        if (off === true) await end(client, input.accountId, output);
        else if (isSetting) await set(client, input, typeof every === 'number' ? every : daySeconds, output);
        else await show(client, input.accountId, output);
      });
    });
  addExamples(
    schedule,
    'drift-schedule --every',
    'drift-schedule --every 3600 --repair --callback-url https://itsm.example.com/sso',
    'drift-schedule --off',
  );
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= shortestEverySeconds) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds, ${shortestEverySeconds} or more.`);
}

/** @throws {StarterError} that lists everything wrong with it */
function readDriftInput(candidate: Omit<DriftInput, 'pace'>): DriftInput {
  const parsed = parseDriftInput(candidate);
  if (parsed.ok) return parsed.input;
  throw refuseInput(parsed.problems);
}

async function look(client: Client, input: DriftInput, output: Output): Promise<DriftReport> {
  const { handle, joined } = await lookForDrift(client, input, () => {
    output.warn('A look that does not repair is under way; waiting for it to end.');
  });
  output.tell(joined ? 'A look is under way already; waiting for it.' : 'Looking …');
  const done = new AbortController();
  const reminding = delay(patienceMilliseconds, null, { signal: done.signal }).then(
    () => output.warn(`Still looking (${handle.workflowId}). Without a worker it does not go on: see "doctor".`),
    () => null,
  );
  try {
    return await reportOf(handle);
  } finally {
    done.abort();
    await reminding;
  }
}

/** @throws {StarterError} when the look ended without a report */
async function reportOf(handle: WorkflowHandle<DriftWorkflow>): Promise<DriftReport> {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new StarterError(
      exitCodes.failed,
      `The look ${handle.workflowId} ended without a report: ${error.cause?.message ?? error.message}`,
    );
  }
}

async function showLast(client: Client, accountId: string): Promise<DriftReport> {
  const last = await readLastLook(client, accountId);
  switch (last.kind) {
    case 'done':
      return last.report;
    case 'failed':
      return await reportOf(last.handle);
    case 'none':
      throw new StarterError(exitCodes.notFound, 'The Schedule has no look that has ended yet, or none is remembered.');
    case 'no-schedule':
      throw noSchedule(accountId);
  }
}

async function show(client: Client, accountId: string, output: Output): Promise<void> {
  const schedule = await readDriftSchedule(client, accountId);
  if (schedule === null) throw noSchedule(accountId);
  const { recent, ...settings } = schedule;
  const lastAt = recent.at(-1)?.takenAt.toISOString() ?? null;
  output.print({ ...settings, lastAt }, renderSchedule(schedule, new Date()));
}

async function set(client: Client, input: DriftInput, everySeconds: number, output: Output): Promise<void> {
  const { created } = await putDriftSchedule(client, input, everySeconds);
  output.print({ ...input, everySeconds, created }, [
    `${created ? 'Created' : 'Changed'}: a look at the account ${input.accountId} every ${renderDuration(everySeconds)}. ` +
      'The first one starts now; "drift --last" shows what it came to.',
  ]);
}

async function end(client: Client, accountId: string, output: Output): Promise<void> {
  if (!(await deleteDriftSchedule(client, accountId))) throw noSchedule(accountId);
  output.print({ accountId, ended: true }, [`Ended: nobody looks at the account ${accountId} for drift any more.`]);
}

function noSchedule(accountId: string): StarterError {
  return new StarterError(
    exitCodes.notFound,
    `No Schedule looks at the account ${accountId} for drift. "drift-schedule --every" makes one.`,
  );
}

function usage(message: string): StarterError {
  return new StarterError(exitCodes.usage, message);
}

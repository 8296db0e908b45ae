/** `drift`: checks whether what was enabled is still as it should be. */
import { setTimeout as delay } from 'node:timers/promises';

import { WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';

import { readLastCheck, startOrJoinDrift } from '../../client/drift.ts';
import type { DriftWorkflow } from '../../contract/handlers.ts';
import { driftInputSchema } from '../../contract/schemas/drift.ts';
import type { DriftReport, DriftSettings } from '../../contract/schemas/drift.ts';
import { parse } from '../../contract/schemas/parse.ts';
import { countFindings, isComplete } from '../../decisions/drift-report.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { renderDrift } from '../screens/drift.ts';
import type { Output } from '../terminal/output.ts';
import { addCommand, outputFor, requireAccount, withClient } from './command-context.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { addExamples } from './examples.ts';
import { inputError } from './input-options.ts';
import { collectInput, createSchemaOptions } from './schema-options.ts';
import { StarterError } from './starter-error.ts';

/** A check of a few domains is done by then. */
const noticeMilliseconds = 10_000;

const epilogue = `
A check compares what was enabled here with the account's connectors and with
the TXT values on the authoritative name servers. A domain that could not be
checked is reported, and does not count as drift. A domain that is being
onboarded or off-boarded is left to the next check. --repair publishes TXT
values again that an onboarding published and that have disappeared. No check
enables, disables, creates or deletes a connector.

Exit codes:
  0  nothing has drifted, and everything could be checked
  1  something has drifted (even if it was repaired), or could not be checked
  2  wrong usage or configuration
  3  with --last: there is no Schedule, or no check that has ended
  4  no Temporal server could be reached`;

interface Options extends CommonOptions {
  repair?: boolean;
  last?: boolean;
}

export function addDriftCommand(context: CommandContext): void {
  const inputOptions = createSchemaOptions(driftInputSchema, ['accountId', 'callbackUrl']);
  const drift = addCommand(context, 'drift', 'Check whether what was enabled is still as it should be');
  for (const { option } of inputOptions) drift.addOption(option);
  drift
    .option('--last', "Show the result of the Schedule's last check, without a new check")
    .addHelpText('after', epilogue)
    .action(async (options: Options) => {
      if (options.repair === true && options.last === true) {
        throw new StarterError(exitCodes.usage, '--last starts no check: leave out --repair.');
      }
      const accountId = requireAccount(context, options);
      const input = readDriftInput({ accountId, ...collectInput(inputOptions, { ...options }) });
      const output = outputFor(context, options);
      await withClient(context, async (client) => {
        const report =
          options.last === true ? await readLast(client, input.accountId) : await check(client, input, output);
        output.print(report, renderDrift(report, new Date()));
        const isHealthy = countFindings(report) === 0 && isComplete(report);
        context.exitCode = isHealthy ? exitCodes.success : exitCodes.failed;
      });
    });
  addExamples(drift, 'drift', 'drift --repair', 'drift --last --json | jq .counts');
}

/** @throws {StarterError} that lists every problem */
export function readDriftInput(candidate: unknown): DriftSettings {
  const parsed = parse(driftInputSchema, candidate);
  if (parsed.ok) return parsed.value;
  throw inputError(parsed.problems);
}

async function check(client: Client, input: DriftSettings, output: Output): Promise<DriftReport> {
  const { handle, kind } = await startOrJoinDrift(client, input, () => {
    output.warn('A check that does not repair is running; waiting until it ends.');
  });
  output.note(kind === 'joined' ? 'A check is running already; waiting for its report.' : 'Checking …');
  const done = new AbortController();
  const notice = delay(noticeMilliseconds, null, { signal: done.signal }).then(
    () => output.warn(`Still checking (${handle.workflowId}). Nothing happens without a worker: see "doctor".`),
    () => null,
  );
  try {
    return await readReport(handle);
  } finally {
    done.abort();
    await notice;
  }
}

/** @throws {StarterError} when the check ended without a report */
async function readReport(handle: WorkflowHandle<DriftWorkflow>): Promise<DriftReport> {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new StarterError(
      exitCodes.failed,
      `The check ${handle.workflowId} ended without a report: ${error.cause?.message ?? error.message}`,
    );
  }
}

async function readLast(client: Client, accountId: string): Promise<DriftReport> {
  const last = await readLastCheck(client, accountId);
  switch (last.kind) {
    case 'done':
      return last.report;
    case 'failed':
      return await readReport(last.handle);
    case 'none':
      throw new StarterError(exitCodes.notFound, 'The Schedule has no check that has ended, or the server kept none.');
    case 'no-schedule':
      throw noSchedule(accountId);
  }
}

export function noSchedule(accountId: string): StarterError {
  return new StarterError(
    exitCodes.notFound,
    `No Schedule checks the account ${accountId} for drift. "drift-schedule --every" creates one.`,
  );
}

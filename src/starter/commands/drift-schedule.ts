/** `drift-schedule`: the Schedule of an account's drift checks. */
import type { Client } from '@temporalio/client';
import { InvalidArgumentError } from 'commander';

import { deleteDriftSchedule, putDriftSchedule, readDriftSchedule } from '../../client/drift-schedule.ts';
import { driftInputSchema } from '../../contract/schemas/drift.ts';
import type { DriftSettings } from '../../contract/schemas/drift.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { renderSchedule } from '../screens/drift.ts';
import { renderDuration } from '../screens/duration.ts';
import type { Output } from '../terminal/output.ts';
import { addCommand, outputFor, requireAccount, withClient } from './command-context.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { noSchedule, readDriftInput } from './drift.ts';
import { addExamples } from './examples.ts';
import { collectInput, createSchemaOptions } from './schema-options.ts';
import { StarterError } from './starter-error.ts';

const daySeconds = 86_400;
/** A shorter interval would begin before the check before it has ended. */
const shortestIntervalSeconds = 1;

const epilogue = `
Without options the command shows the account's Schedule. --every, --repair and
--callback-url replace all settings: an option that is left out gets its
default. A first check starts at once; "drift --last" shows the result of the
last one.`;

interface Options extends CommonOptions {
  every?: number | true;
  repair?: boolean;
  callbackUrl?: string;
  off?: boolean;
}

export function addDriftScheduleCommand(context: CommandContext): void {
  const inputOptions = createSchemaOptions(driftInputSchema, ['accountId']);
  const schedule = addCommand(context, 'drift-schedule', 'Show, set or delete the Schedule of drift checks').option(
    '--every [seconds]',
    `The interval between checks (default: ${daySeconds}, ${renderDuration(daySeconds)})`,
    parseInterval,
  );
  for (const { option } of inputOptions) schedule.addOption(option);
  schedule
    .option('--off', 'Delete the Schedule')
    .addHelpText('after', epilogue)
    .action(async ({ every, off, ...options }: Options) => {
      const { repair, callbackUrl } = options;
      const isSetting = every !== undefined || repair !== undefined || callbackUrl !== undefined;
      if (off === true && isSetting) {
        throw new StarterError(exitCodes.usage, '--off deletes the Schedule: leave out the other options.');
      }
      const accountId = requireAccount(context, options);
      const input = readDriftInput({ accountId, ...collectInput(inputOptions, { ...options }) });
      const output = outputFor(context, options);
      await withClient(context, async (client) => {
        if (off === true) await remove(client, input.accountId, output);
        else if (isSetting) await put(client, input, typeof every === 'number' ? every : daySeconds, output);
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

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= shortestIntervalSeconds) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds, ${shortestIntervalSeconds} or more.`);
}

async function show(client: Client, accountId: string, output: Output): Promise<void> {
  const schedule = await readDriftSchedule(client, accountId);
  if (schedule === null) throw noSchedule(accountId);
  const { recent, ...settings } = schedule;
  const lastAt = recent.at(-1)?.takenAt.toISOString() ?? null;
  output.print({ ...settings, lastAt }, renderSchedule(schedule, new Date()));
}

async function put(client: Client, input: DriftSettings, everySeconds: number, output: Output): Promise<void> {
  const { created } = await putDriftSchedule(client, input, everySeconds);
  output.print({ ...input, everySeconds, created }, [
    `${created ? 'Created' : 'Changed'}: a drift check of the account ${input.accountId} every ${renderDuration(everySeconds)}. ` +
      'The first one starts now; "drift --last" shows its result.',
  ]);
}

async function remove(client: Client, accountId: string, output: Output): Promise<void> {
  if (!(await deleteDriftSchedule(client, accountId))) throw noSchedule(accountId);
  output.print({ accountId, deleted: true }, [`Deleted: the account ${accountId} has no Schedule of drift checks.`]);
}

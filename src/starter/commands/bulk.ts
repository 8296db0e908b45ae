/** `bulk`: onboards the domains of a list, and shows the run until it has ended. */
import type { Client } from '@temporalio/client';

import { findRunningBulk, startOrJoinBulk } from '../../client/start-bulk.ts';
import type { BulkStarted } from '../../client/start-bulk.ts';
import { bulkLimits, rowFields } from '../../contract/names/vocabulary.ts';
import { bulkInputSchema, parseBulk } from '../../contract/schemas/bulk.ts';
import type { ParsedBulkInput } from '../../contract/schemas/bulk.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { whatEnablingMeans } from '../../messages/sign-in-change.ts';
import type { Streams } from '../terminal/streams.ts';
import { addCommand, outputFor, requireAccount, withClient } from './command-context.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { askConsent, createYesOption } from './consent.ts';
import type { ConsentQuestion } from './consent.ts';
import { addExamples } from './examples.ts';
import { addInputOptions, inputError, inputOptionsOf } from './input-options.ts';
import { readRows } from './read-rows.ts';
import type { Rows } from './read-rows.ts';
import { collectInput, createSchemaOptions } from './schema-options.ts';
import { watchBulk } from './watch-bulk.ts';

const epilogue = `
The file is CSV: a header line with the names of the columns, then a line for
each domain, at most ${bulkLimits.rows}. The columns are
${rowFields.map((field) => `  ${field}`).join('\n')}
and only emailDomain is required. An option given here applies to every line
whose own field is empty. All lines are checked before anything is started.
Domains that are enabled already are not changed, so the same file can be run
again to onboard the rest. After Ctrl-C the run continues; the same command
shows it again.

Exit codes:
  0  every domain is enabled
  1  some domains are not enabled; each is listed with what to do
  2  wrong usage, a line is not valid, or the question was not answered with
     yes; nothing was started
  4  no Temporal server could be reached`;

export function addBulkCommand(context: CommandContext): void {
  const ownOptions = createSchemaOptions(bulkInputSchema, ['accountId', 'rows', 'options']);
  const rowOptions = inputOptionsOf('onboarding');
  const bulk = addCommand(
    context,
    'bulk <file>',
    'Onboard every domain in a CSV file ("-": standard input), a few at a time',
  );
  for (const { option } of ownOptions) bulk.addOption(option);
  bulk
    .addOption(createYesOption())
    .addHelpText('after', epilogue)
    .action(async (file: string, options: CommonOptions & { yes?: boolean }) => {
      const accountId = requireAccount(context, options);
      const given = { ...options };
      const input = parseInput(await readRows(file, context.streams.stdin), {
        accountId,
        ...collectInput(ownOptions, given),
        options: collectInput(rowOptions, given),
      });
      const output = outputFor(context, options);
      await withClient(context, async (client) => {
        const { kind, workflowId } = await startWithConsent(client, input, options.yes, context.streams);
        const news = kind === 'joined' ? 'are being onboarded already' : 'have been started';
        output.note(`${input.rows.length} domains ${news} (${workflowId}).`);
        const isComplete = await watchBulk(client, workflowId, output);
        context.exitCode = isComplete ? exitCodes.success : exitCodes.failed;
      });
    });
  addExamples(
    addInputOptions(bulk, rowOptions),
    'bulk acquisition.csv',
    'bulk acquisition.csv --enablement after-approval --concurrency 20',
    `bulk - --yes --json < acquisition.csv | jq 'select(.outcome == "failed")'`,
  );
}

/** Asks only before it starts a run. */
async function startWithConsent(
  client: Client,
  input: ParsedBulkInput,
  yes: boolean | undefined,
  streams: Streams,
): Promise<BulkStarted> {
  const question = questionBefore(input);
  if (question !== null && yes !== true) {
    const running = await findRunningBulk(client, input);
    if (running !== null) return running;
    await askConsent(question, yes, streams);
  }
  return await startOrJoinBulk(client, input);
}

/** `null`: every onboarding waits for approval before it enables the connector. */
function questionBefore({ accountId, rows, options }: ParsedBulkInput): ConsentQuestion | null {
  const automatic = rows.filter(({ enablement = options.enablement }) => enablement !== 'after-approval');
  if (automatic.length === 0) return null;
  return {
    consequences: [
      `As soon as each domain is verified, its connector is enabled without another question, for ${automatic.length} of ${rows.length} domains.`,
      whatEnablingMeans('these domains', accountId),
    ],
    question: 'Start the onboardings?',
    otherwise: 'Nothing was started.',
  };
}

/** @throws {StarterError} that lists every problem, with its line in the file */
function parseInput({ rows, lines, problems }: Rows, rest: Record<string, unknown>): ParsedBulkInput {
  if (rows.length === 0 && problems.length > 0) throw inputError(problems);
  const parsed = parseBulk({ ...rest, rows }, (row) => `line ${lines[row]}`);
  if (parsed.ok && problems.length === 0) return parsed.value;
  throw inputError([...problems, ...(parsed.ok ? [] : parsed.problems)]);
}

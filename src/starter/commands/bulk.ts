/** `bulk`: a list of domains, read, checked, started and shown until every one of them has ended. */
import { InvalidArgumentError, Option } from 'commander';

import { bulkConcurrency, bulkLimits, rowFields } from '../../contract/names/vocabulary.ts';
import { parseBulk } from '../../contract/schemas/bulk.ts';
import type { BulkInput } from '../../contract/schemas/bulk.ts';
import { findBulkUnderWay, startOrJoinBulk } from '../../client/start-bulk.ts';
import { whatEnablingMeans } from '../../messages/sign-in-change.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { accountOf } from './common-options.ts';
import type { CommonOptions } from './common-options.ts';
import { askConsent, createYesOption } from './consent.ts';
import type { Question } from './consent.ts';
import { addExamples } from './examples.ts';
import { addInputOptions, collectInput, refuseInput } from './input-options.ts';
import { outputOf } from '../terminal/output.ts';
import { readRows } from './read-rows.ts';
import type { Surroundings } from './command-context.ts';
import { withClient } from './temporal.ts';
import { watchBulk } from './watch-bulk.ts';

const epilogue = `
The file is CSV: a header with the names of its columns, then a domain a line,
at most ${bulkLimits.rows}. The columns are
${rowFields.map((field) => `  ${field}`).join('\n')}
of which only emailDomain has to be there; an option given here counts for every
line that does not say otherwise. All lines are checked before anything is
started. Domains that are enabled already are left as they are, so the same file
again does only what is missing. Ctrl-C stops the looking alone; the same
command shows it again.

Exit codes:
  0  every domain is enabled
  1  some are not; each is listed with what to do
  2  wrong usage, or a line that cannot be used, or no yes; nothing was started
  4  no Temporal server could be reached`;

interface BulkCommandOptions extends CommonOptions {
  yes?: boolean;
  concurrency?: number;
}

export function addBulkCommand({ command, readConfig }: Surroundings): void {
  const bulk = command('bulk <file>', 'onboard every domain of a CSV file, or of standard input ("-"), a few at a time')
    .addOption(
      new Option(
        '--concurrency <number>',
        `how many are under way at a time (default: ${bulkConcurrency.standard})`,
      ).argParser(parseConcurrency),
    )
    .addOption(createYesOption())
    .addHelpText('after', epilogue)
    .action(async (file: string, { yes, ...options }: BulkCommandOptions) => {
      const config = readConfig();
      const input = await readInput(accountOf(options, config), file, options);
      const output = outputOf(options);
      const isEveryOneEnabled = await withClient(config.temporal, async (client) => {
        const question = questionOf(input);
        const joined = await findBulkUnderWay(client, input);
        if (question !== null && joined === null) await askConsent(question, yes === true);
        const { kind, workflowId } = joined ?? (await startOrJoinBulk(client, input));
        const news = kind === 'joined' ? 'are under way already' : 'have been started';
        output.tell(`${input.rows.length} domains ${news} (${workflowId}).`);
        return await watchBulk(client, workflowId, output);
      });
      process.exitCode = isEveryOneEnabled ? exitCodes.success : exitCodes.failed;
    });
  addExamples(
    addInputOptions(bulk, 'onboarding'),
    'bulk acquisition.csv',
    'bulk acquisition.csv --enablement after-approval --concurrency 20',
    `bulk - --yes --json < acquisition.csv | jq 'select(.outcome == "failed")'`,
  );
}

/** `null`: every one of them asks again before it is enabled. */
function questionOf({ accountId, rows, options }: BulkInput): Question | null {
  const unasked = rows.filter(({ enablement = options?.enablement }) => enablement !== 'after-approval');
  if (unasked.length === 0) return null;
  return {
    consequences: [
      `As soon as each is verified, the connectors of ${unasked.length} of ${rows.length} domains are enabled without another question.`,
      whatEnablingMeans('these domains', accountId),
    ],
    question: 'Start the onboardings?',
    otherwise: 'Nothing was started.',
  };
}

function parseConcurrency(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= bulkConcurrency.most) return number;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${bulkConcurrency.most}.`);
}

/** @throws {StarterError} that lists everything wrong with the file, line by line */
async function readInput(
  accountId: string,
  file: string,
  { concurrency, ...options }: BulkCommandOptions,
): Promise<BulkInput> {
  const { rows, lines, problems } = await readRows(file);
  const shared = collectInput('onboarding', { ...options });
  const candidate = {
    accountId,
    rows,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(Object.keys(shared).length === 0 ? {} : { options: shared }),
  };
  if (rows.length === 0 && problems.length > 0) throw refuseInput(problems);
  const parsed = parseBulk(candidate, (row) => `line ${lines[row]}`);
  if (parsed.ok && problems.length === 0) return parsed.input;
  throw refuseInput([...problems, ...(parsed.ok ? [] : parsed.problems)]);
}

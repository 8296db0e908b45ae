/** `starter bulk`: a list of domains, read, checked, started and shown until every one of them has ended. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { parseBulk } from '../bulk-input.ts';
import { startOrJoinBulk } from '../client/start-bulk.ts';
import type { StarterConfig } from '../config.ts';
import { bulkConcurrency, bulkLimits, rowFields } from '../contract/bulk.ts';
import type { BulkInput } from '../contract/bulk.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CommonOptions } from './common-options.ts';
import { addInputOptions, collectInput, refuseInput } from './input-options.ts';
import { createOutput } from './output.ts';
import { readRows } from './read-rows.ts';
import { withClient } from './temporal.ts';
import { watchBulk } from './watch-bulk.ts';

const epilogue = `
The file is CSV: a header with the names of its columns, then a domain a line, at most ${bulkLimits.rows}. The columns are
  ${rowFields.join(', ')}
of which only emailDomain has to be there; an option given here counts for every line that does not say otherwise.
All lines are checked before anything is started. Domains that are enabled already are left as they are, so the same file
again does only what is missing. Ctrl-C stops the looking alone; the same command shows it again.

Exit codes:
  0  every domain is enabled
  1  some are not; each is listed with what to do
  2  wrong usage, or a line that cannot be used; nothing was started
  4  no Temporal server could be reached

Examples:
  npm run starter -- bulk acquisition.csv
  npm run starter -- bulk acquisition.csv --enablement after-approval --concurrency 20
  cut -d, -f3 crm-export.csv | npm run --silent starter -- bulk - --json | jq 'select(.outcome == "failed")'`;

interface BulkCommandOptions extends CommonOptions {
  concurrency?: number;
}

/** @param surroundings the account's id, as every command finds it, and the configuration: both may throw */
export function addBulkCommand(
  program: Command,
  {
    readConfig,
    accountOf,
  }: {
    readConfig: () => StarterConfig;
    accountOf: (options: CommonOptions, config: StarterConfig) => string;
  },
): void {
  const command = program
    .command('bulk <file>')
    .description('onboard every domain of a CSV file, or of standard input ("-"), a few at a time')
    .option('--account <id>', 'Cloudflare account id (default: CLOUDFLARE_ACCOUNT_ID)')
    .option('--json', 'one JSON object a line, and nothing else, on standard output')
    .addOption(
      new Option(
        '--concurrency <number>',
        `how many are under way at a time (default: ${bulkConcurrency.standard})`,
      ).argParser(parseConcurrency),
    )
    .addHelpText('after', epilogue);
  addInputOptions(command, 'onboarding').action(async (file: string, options: BulkCommandOptions) => {
    const config = readConfig();
    const input = await readInput(accountOf(options, config), file, options);
    const output = createOutput(options.json === true, process.stdout, process.stderr);
    const isEveryOneEnabled = await withClient(config.temporal, async (client) => {
      const { kind, workflowId } = await startOrJoinBulk(client, input);
      const news = kind === 'joined' ? 'are under way already' : 'have been started';
      output.warn(`${input.rows.length} domains ${news} (${workflowId}).`);
      return await watchBulk(client, workflowId, output);
    });
    process.exitCode = isEveryOneEnabled ? exitCodes.success : exitCodes.failed;
  });
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

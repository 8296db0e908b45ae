/** `starter doctor`: what a first run needs, looked at and told. */
import type { Command } from 'commander';

import type { Check, CheckState } from '../doctor/check.ts';
import type { Diagnosis } from '../doctor/diagnose.ts';
import { exitCodes } from '../exit-codes.ts';
import { createOutput } from './output.ts';

/** For each look, and for all of them: some wait for others. */
const lookMilliseconds = 5000;
const deadlineMilliseconds = 20_000;

const epilogue = `
Run it where the worker runs, with the worker's environment and its API token: it looks at that environment, at Temporal,
the token and what it may read, the account, DNS over UDP and TCP and, with a domain, its zone, the DNS provider, the
provider's credentials and the connector. It changes nothing, and shows no secret.

Exit codes:
  0  nothing is wrong
  1  something is not ok; what to do is said below it
  2  wrong usage

Examples:
  npm run starter -- doctor
  npm run starter -- doctor example.com
  npm run --silent starter -- doctor example.com --json | jq '.checks[] | select(.state == "not-ok")'
  docker compose run --rm worker node src/starter.ts doctor example.com`;

interface DoctorOptions {
  account?: string;
  json?: boolean;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor [domain]')
    .description("whether everything that a first run needs is there; needs the worker's environment")
    .option('--account <id>', 'Cloudflare account id (default: CLOUDFLARE_ACCOUNT_ID)')
    .option('--json', 'one JSON object, and nothing else, on standard output')
    .addHelpText('after', epilogue)
    .action(async (domain: string | undefined, { account, json }: DoctorOptions) => {
      // Only now: the DNS providers behind it would slow down the start of every other command.
      const { diagnose } = await import('../doctor/diagnose.ts');
      const diagnosis = await diagnose(
        { environment: process.env, accountId: account ?? null, domain: domain ?? null },
        { signal: AbortSignal.timeout(deadlineMilliseconds), milliseconds: lookMilliseconds },
      );
      createOutput(json === true, process.stdout, process.stderr).print(diagnosis, renderDoctor(diagnosis));
      process.exitCode = diagnosis.ok ? exitCodes.success : exitCodes.failed;
    });
}

const words: Record<CheckState, string> = { ok: 'ok', 'not-ok': 'not ok', skipped: 'skipped' };

/** A line for each check, what to do next below it. Pure. */
export function renderDoctor({ checks }: Diagnosis): string[] {
  const stateWidth = Math.max(...Object.values(words).map(({ length }) => length));
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(stateWidth + 2);
  const lines = checks.flatMap(({ name, state, found, next }) => [
    `${words[state].padEnd(stateWidth)}  ${name.padEnd(nameWidth)}  ${found.replaceAll(/\s+/gu, ' ')}`,
    ...(next?.split('\n') ?? []).map((line, index) => `${indent}${index === 0 ? '→ ' : '    '}${line}`),
  ]);
  return [...lines, '', summarise(checks)];
}

function summarise(checks: readonly Check[]): string {
  const count = (wanted: CheckState): number => checks.filter(({ state }) => state === wanted).length;
  const notLooked = count('skipped') === 0 ? '' : `, and ${count('skipped')} skipped`;
  if (count('not-ok') === 0) return `Everything that was looked at is ok${notLooked}.`;
  return `${count('not-ok')} of ${checks.length} are not ok${notLooked}.`;
}

/** `doctor`: what a first run needs, looked at and told. */
import type { Command } from 'commander';

import type { Check, CheckState } from '../../doctor/check.ts';
import type { Diagnosis } from '../../doctor/diagnose.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { noColours } from '../terminal/colours.ts';
import type { Colours, Paint } from '../terminal/colours.ts';
import { addExamples } from './examples.ts';
import { outputOf } from '../terminal/output.ts';

/** For each look, and for all of them: some wait for others. */
const lookMilliseconds = 5000;
const deadlineMilliseconds = 20_000;

const epilogue = `
Run it where the worker runs, with the worker's environment and its API token:
it looks at that environment, at Temporal, the token and what it may read, the
account, DNS over UDP and TCP and, with a domain, its zone, the DNS provider,
the provider's credentials and the connector. It changes nothing, and shows no
secret.
In Docker:
  docker compose run --rm worker node src/starter.ts doctor example.com

Exit codes:
  0  nothing is wrong
  1  something is not ok; what to do is said below it
  2  wrong usage`;

interface DoctorOptions {
  account?: string;
  json?: boolean;
}

export function addDoctorCommand(program: Command): void {
  const doctor = program
    .command('doctor [domain]')
    .description("whether everything that an onboarding needs is there; needs the worker's environment")
    .option('--account <id>', 'Cloudflare account id (default: CLOUDFLARE_ACCOUNT_ID)')
    .option('--json', 'one JSON object, and nothing else, on standard output')
    .addHelpText('after', epilogue)
    .action(async (domain: string | undefined, { account, json }: DoctorOptions) => {
      // Only now: the DNS providers behind it would slow down the start of every other command.
      const { diagnose } = await import('../../doctor/diagnose.ts');
      const diagnosis = await diagnose(
        { environment: process.env, accountId: account ?? null, domain: domain ?? null },
        { signal: AbortSignal.timeout(deadlineMilliseconds), milliseconds: lookMilliseconds },
      );
      const output = outputOf({ json });
      output.print(diagnosis, output.fit(renderDoctor(diagnosis, output.colours), stateWidth + 4));
      process.exitCode = diagnosis.ok ? exitCodes.success : exitCodes.failed;
    });
  addExamples(
    doctor,
    'doctor',
    'doctor example.com',
    `doctor example.com --json | jq '.checks[] | select(.state == "not-ok")'`,
  );
}

const words: Record<CheckState, string> = { ok: 'ok', 'not-ok': 'not ok', skipped: 'skipped' };

const stateWidth = Math.max(...Object.values(words).map(({ length }) => length));

/** A line for each check, what to do next below it. Pure. */
export function renderDoctor({ checks }: Diagnosis, colours: Colours = noColours): string[] {
  const paints: Record<CheckState, Paint> = { ok: colours.good, 'not-ok': colours.bad, skipped: colours.faint };
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(stateWidth + 2);
  const lines = checks.flatMap(({ name, state, found, next }) => [
    `${paints[state](words[state].padEnd(stateWidth))}  ${name.padEnd(nameWidth)}  ${found.replaceAll(/\s+/gu, ' ')}`,
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

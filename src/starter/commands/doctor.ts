/** `doctor`: checks everything that an onboarding needs. */
import { exitCodes } from '../../environment/exit-codes.ts';
import { doctorIndent, renderDoctor } from '../screens/doctor.ts';
import { accountDescription, accountFlags, jsonDescription, jsonFlags, outputFor } from './command-context.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { addExamples } from './examples.ts';

/** For each check, and for all of them together: some wait for others. */
const checkMilliseconds = 5000;
const deadlineMilliseconds = 20_000;

const epilogue = `
Run it where the worker runs, with the worker's environment and its API token.
It checks that environment, Temporal, the token and what it may read, the
account, and DNS over UDP and TCP. With a domain it also checks the zone, the
DNS provider, the provider's credentials and the connector. It changes nothing
and shows no secret.
In Docker:
  docker compose run --rm worker node src/starter.ts doctor example.com

Exit codes:
  0  nothing is wrong
  1  something is not ok; what to do is written below it
  2  wrong usage`;

export function addDoctorCommand(context: CommandContext): void {
  const doctor = context.program
    .command('doctor [domain]')
    .description("Check everything that an onboarding needs; uses the worker's environment")
    .option(accountFlags, accountDescription)
    .option(jsonFlags, jsonDescription)
    .addHelpText('after', epilogue)
    .action(async (domain: string | undefined, options: CommonOptions) => {
      // Imported here, because the DNS providers would slow down the start of every other command.
      const { diagnose } = await import('../../doctor/diagnose.ts');
      const diagnosis = await diagnose(
        { environment: context.environment, accountId: options.account ?? null, domain: domain ?? null },
        { signal: AbortSignal.timeout(deadlineMilliseconds), milliseconds: checkMilliseconds },
      );
      const output = outputFor(context, options);
      output.print(diagnosis, output.fit(renderDoctor(diagnosis, output.colours), doctorIndent));
      context.exitCode = diagnosis.ok ? exitCodes.success : exitCodes.failed;
    });
  addExamples(
    doctor,
    'doctor',
    'doctor example.com',
    `doctor example.com --json | jq '.checks[] | select(.state == "not-ok")'`,
  );
}

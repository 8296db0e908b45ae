import type { ExitCode } from '../../environment/exit-codes.ts';

/** Ends the command with a message for a person and an exit code for scripts. */
export class StarterError extends Error {
  override readonly name = 'StarterError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

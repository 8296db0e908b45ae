/** Ends the command with a message for the admin, and an exit code for scripts. */
export class StarterError extends Error {
  override readonly name = 'StarterError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

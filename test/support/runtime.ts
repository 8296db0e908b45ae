/** The SDK's runtime, which a process can install only once, and what it logs. */
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** Replaying changed code and failing attempts are what many tests are about. Any other workflow task that fails is a bug. */
const isBug = (message: string, meta: unknown) =>
  message === 'Failing workflow task' && !JSON.stringify(meta).includes('[TMPRL1100] Nondeterminism');

export const logger = new DefaultLogger('WARN', ({ message, meta }) => {
  if (isBug(message, meta)) console.error(message, meta);
});
Runtime.install({
  logger,
  telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN' }) } },
});

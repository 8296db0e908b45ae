import { WorkflowFailedError } from '@temporalio/client';

/**
 * Waits until the run has failed, and returns what it failed with.
 * @throws if it completes, or its result cannot be read
 */
export async function failureOf(handle: { result: () => Promise<unknown> }): Promise<unknown> {
  const error: unknown = await handle.result().then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowFailedError) return error.cause;
  throw new Error('The run has not failed', { cause: error });
}

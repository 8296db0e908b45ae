import { Client, Connection } from '@temporalio/client';

import { isUnreachable } from '../../client/server-errors.ts';
import type { TemporalConfig } from '../../config/temporal.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { StarterError } from './starter-error.ts';

const connectTimeoutMilliseconds = 5000;

/**
 * Runs `use` with a client, and closes its connection.
 * @throws {StarterError} when no server can be reached
 */
export async function connectClient<Result>(
  { address, namespace, connectionOptions }: TemporalConfig,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...connectionOptions, connectTimeout: connectTimeoutMilliseconds });
  } catch (error) {
    throw noServer(address, error);
  }
  try {
    return await use(new Client({ connection, namespace }));
  } catch (error) {
    throw isUnreachable(error) ? noServer(address, error) : error;
  } finally {
    await connection.close();
  }
}

function noServer(address: string, error: unknown): StarterError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StarterError(
    exitCodes.noServer,
    `No Temporal server could be reached at ${address}: ${reason}\nStart one, or set TEMPORAL_ADDRESS.`,
  );
}

/** What every command gets, and what commands on one domain share. */
import { Client, Connection } from '@temporalio/client';
import type { Command } from 'commander';

import { isUnreachable } from '../../client/server-errors.ts';
import { readStarterConfig } from '../../config/starter.ts';
import { workflowIdFor } from '../../contract/names/ids.ts';
import type { AccountDomain } from '../../contract/names/ids.ts';
import { accountIdSchema } from '../../contract/schemas/fields.ts';
import { parse } from '../../contract/schemas/parse.ts';
import { normaliseEmailDomain } from '../../domains/email-domain.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import type { ExitCode } from '../../environment/exit-codes.ts';
import type { Environment } from '../../environment/variables.ts';
import { describeNoServer, listProblems } from '../../messages/problems.ts';
import { createOutput } from '../terminal/output.ts';
import type { Output } from '../terminal/output.ts';
import type { Streams } from '../terminal/streams.ts';
import { StarterError } from './starter-error.ts';

export interface CommandContext {
  program: Command;
  streams: Streams;
  environment: Environment;
  /** With which the process ends unless the command throws. */
  exitCode: ExitCode;
}

/** Options of every command that works with an account. */
export interface CommonOptions {
  account?: string;
  json?: boolean;
}

export const accountFlags = '--account <id>';
export const accountDescription = 'Cloudflare account id (default: CLOUDFLARE_ACCOUNT_ID)';
export const jsonFlags = '--json';
export const jsonDescription = 'Write JSON to standard output, one object a line';

/** Adds a command with the common options. */
export function addCommand({ program }: CommandContext, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option(accountFlags, accountDescription)
    .option(jsonFlags, jsonDescription);
}

export function outputFor({ streams }: CommandContext, { json }: { json?: boolean | undefined }): Output {
  return createOutput(streams, json === true);
}

const connectTimeoutMilliseconds = 5000;

/**
 * Runs `use` with a client of the Temporal server, and closes its connection.
 * @throws {ConfigError} when the environment is not usable
 * @throws {StarterError} when no server can be reached
 */
export async function withClient<Result>(
  { environment }: CommandContext,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { address, namespace, connectionOptions } = readStarterConfig(environment).temporal;
  const noServer = (error: unknown) => new StarterError(exitCodes.noServer, describeNoServer(address, error));
  const options = { ...connectionOptions, connectTimeout: connectTimeoutMilliseconds };
  const connection = await Connection.connect(options).catch((error: unknown) => {
    throw noServer(error);
  });
  try {
    return await use(new Client({ connection, namespace }));
  } catch (error) {
    throw isUnreachable(error) ? noServer(error) : error;
  } finally {
    await connection.close();
  }
}

/**
 * The id of the account, of the option or else of the environment.
 * @throws {ConfigError} when the environment is not usable
 * @throws {StarterError} when neither names one
 */
export function requireAccount({ environment }: CommandContext, { account }: CommonOptions): string {
  const accountId = account ?? readStarterConfig(environment).accountId;
  if (accountId !== null) return accountId;
  throw new StarterError(
    exitCodes.usage,
    'Which Cloudflare account? Use --account <id>, or set CLOUDFLARE_ACCOUNT_ID.',
  );
}

const accountWording = { subject: '--account', remedy: "the id is in the dashboard's address" };

/** @throws {StarterError} when it is not an account id */
export function checkAccount(account: string): string {
  const parsed = parse(accountIdSchema, account, accountWording);
  if (parsed.ok) return parsed.value;
  throw new StarterError(exitCodes.usage, listProblems(parsed.problems));
}

/**
 * The domain in normal form.
 * @throws {StarterError} when it cannot be onboarded
 */
export function readDomain(domain: string): string {
  const normal = normaliseEmailDomain(domain);
  if (normal.ok) return normal.emailDomain;
  throw new StarterError(exitCodes.usage, `${normal.reason}\n→ ${normal.remedy}`);
}

export interface DomainTarget extends AccountDomain {
  workflowId: string;
}

/**
 * Runs `use` with a client, for the workflows of one domain.
 * @throws {ConfigError} when the environment is not usable
 * @throws {StarterError} when the domain or account is unusable, or no server can be reached
 */
export async function withDomain(
  context: CommandContext,
  domain: string,
  options: CommonOptions,
  use: (client: Client, target: DomainTarget) => Promise<void>,
): Promise<void> {
  const emailDomain = readDomain(domain);
  const accountId = requireAccount(context, options);
  const target = { accountId, emailDomain, workflowId: workflowIdFor(accountId, emailDomain) };
  await withClient(context, async (client) => {
    await use(client, target);
  });
}

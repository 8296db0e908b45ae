import type { ServerEvidence } from '../contract/schemas/dns.ts';
import type { Problem } from '../contract/schemas/parse.ts';

/** All problems in one sentence, for the message of a failure. */
export function listProblems(problems: readonly Problem[]): string {
  return problems.map(({ subject, problem, remedy }) => `${subject}: ${problem} (${remedy})`).join('; ');
}

/** Name and address of a server; the name alone where the address is unknown or is the name. */
export function labelServer({ name, address }: Pick<ServerEvidence, 'name' | 'address'>): string {
  return name === address || address === '' ? name : `${name} (${address})`;
}

export function describeNoServer(address: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `No Temporal server could be reached at ${address}: ${reason}\nStart one, or set TEMPORAL_ADDRESS.`;
}

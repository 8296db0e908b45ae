import type { Problem } from '../contract/schemas/parse.ts';

/** In one sentence, for the message of a failure. */
export function listProblems(problems: readonly Problem[]): string {
  return problems.map(({ subject, problem, remedy }) => `${subject}: ${problem} (${remedy})`).join('; ');
}

import { searchAttributes } from '../contract/names/ids.ts';

/** As much of a Temporal connection, a client's or a worker's, as the check needs. */
interface VisibilityConnection {
  workflowService: {
    countWorkflowExecutions: (request: { namespace: string; query: string }) => Promise<unknown>;
  };
}

/** gRPC's status for a query that names an unknown attribute. */
const invalidArgument = 3;

/**
 * Which of the contract's search attributes the namespace lacks. Asks the way any client may (a visibility query), since
 * listing attributes takes operator rights. A workflow that sets a missing one would hang for ever, retrying its first task.
 */
export async function findMissingSearchAttributes(
  connection: VisibilityConnection,
  namespace: string,
): Promise<string[]> {
  const missing: string[] = [];
  for (const { name } of searchAttributes) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query: `${name} = 'none'` });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === invalidArgument)) throw error;
      missing.push(name);
    }
  }
  return missing;
}

/** What an operator has to run, once, before a worker can start in the namespace. */
export function explainMissingSearchAttributes(missing: string[], namespace: string): string {
  const options = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  return (
    `The namespace "${namespace}" lacks the search attributes ${missing.join(', ')}. Add them, then start the worker again:\n` +
    `  temporal operator search-attribute create --namespace ${namespace} ${options}\n`
  );
}

/** Turns another system's event into an input of the contract, by the JMESPath expressions of a file: https://jmespath.site */
import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import type { JSONValue } from '@jmespath-community/jmespath';
import { z } from 'zod';

export interface Adapter {
  /**
   * `null`: the adapter drops the event.
   * @throws {AdapterError} if an expression cannot be evaluated for the event
   */
  toInput: (event: unknown) => unknown;
}

/** The event does not fit the adapter. The message names the field. */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
}

/** An expression, or an object with one for each field. */
type Mapping = string | { [field: string]: Mapping };
type Evaluate = (event: JSONValue) => unknown;

const mapping: z.ZodType<Mapping> = z.lazy(() => z.union([z.string().min(1), z.record(z.string(), mapping)]));
const adapterSchema = z.strictObject({
  description: z.string().optional(),
  /** Events for which this is not `true` are dropped; left out: none are. */
  when: z.string().min(1).optional(),
  /** An expression for each field of the input. A field whose expression gives `null` is left out. */
  input: z.record(z.string(), mapping),
});

/** @throws {TypeError} if the file is not an adapter; names the expression that is wrong */
export function parseAdapter(file: unknown): Adapter {
  const parsed = adapterSchema.safeParse(file);
  if (!parsed.success) throw new TypeError(z.prettifyError(parsed.error));
  const { when, input } = parsed.data;
  const isWanted = when === undefined ? null : compileMapping(when, 'when');
  const evaluate = compileMapping(input, 'input');
  return {
    toInput(event) {
      if (!isJson(event) || (isWanted !== null && isWanted(event) !== true)) return null;
      return evaluate(event);
    },
  };
}

function compileMapping(expression: Mapping, field: string): Evaluate {
  if (typeof expression !== 'string') {
    const fields = Object.entries(expression).map(
      ([name, inner]) => [name, compileMapping(inner, `${field}.${name}`)] as const,
    );
    return (event) =>
      Object.fromEntries(
        fields.flatMap(([name, evaluate]) => {
          const value = evaluate(event);
          return value === null || value === undefined ? [] : [[name, value]];
        }),
      );
  }
  const compiled = compileExpression(expression, field);
  return (event) => {
    try {
      return TreeInterpreter.search(compiled, event);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AdapterError(`${field}: ${reason}`, { cause: error });
    }
  };
}

function compileExpression(expression: string, field: string) {
  try {
    return compile(expression);
  } catch (error) {
    throw new TypeError(`${field}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** `JSON.parse` returns nothing else. */
function isJson(event: unknown): event is JSONValue {
  return event !== undefined;
}

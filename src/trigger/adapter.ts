/** From somebody else's event to the contract's input, by a small declarative file: JMESPath, https://jmespath.site */
import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import type { JSONValue } from '@jmespath-community/jmespath';
import { z } from 'zod';

/** A sender's other events, which are none of ours, give `null`. */
export interface Adapter {
  /** @throws {AdapterError} when the event does not have what the adapter looks for */
  toInput: (event: unknown) => unknown;
}

/** The event does not fit the adapter; names the field it failed at. */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
}

/** An expression, or one for each field of an object. */
type Mapping = string | { [field: string]: Mapping };
type Evaluate = (event: JSONValue) => unknown;

const mapping: z.ZodType<Mapping> = z.lazy(() => z.union([z.string().min(1), z.record(z.string(), mapping)]));
const adapterSchema = z.strictObject({
  description: z.string().optional(),
  /** Which events are meant; all of them without it. */
  when: z.string().min(1).optional(),
  /** The contract's input, each field as an expression; one that gives `null` is left out. */
  input: z.record(z.string(), mapping),
});

/** @throws {Error} that names the expression that cannot be read */
export function parseAdapter(file: unknown): Adapter {
  const parsed = adapterSchema.safeParse(file);
  if (!parsed.success) throw new TypeError(z.prettifyError(parsed.error));
  const { when, input } = parsed.data;
  const isMeant = when === undefined ? null : compileMapping(when, 'when');
  const evaluate = compileMapping(input, 'input');
  return {
    toInput(event) {
      if (!isJson(event) || (isMeant !== null && isMeant(event) !== true)) return null;
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

/** For what `JSON.parse` gave, which can be nothing else. */
function isJson(event: unknown): event is JSONValue {
  return event !== undefined;
}

/** Schemas that the compiler holds against the contract's types. */
import type { z } from 'zod';

/**
 * Gives back the schema, and compiles only where what it parses to is exactly the contract's type: no field more or less, none
 * wider or narrower, none optional on one side only. `exactly<Contract>()(schema)`.
 */
export function exactly<Contract>() {
  return <Schema extends z.ZodType>(
    schema: Schema & (Same<Plain<z.output<Schema>>, Plain<Contract>> extends true ? unknown : Differs),
  ): Schema => schema;
}

/** What the compiler then names. */
interface Differs {
  'the schema differs from the type': never;
}

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

/**
 * What assignability overlooks is spelt out at every depth: `any`, whether a field may be missing, and intersections as the
 * one object that they come to.
 */
type Plain<T> = 0 extends 1 & T
  ? 'any'
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]-?: { value: Plain<T[Key]>; mayBeMissing: object extends Pick<T, Key> ? true : false } }
      : T;

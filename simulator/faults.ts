import { z } from 'zod';

const status = z.int().min(200).max(599);

const fault = z.union([
  /** An answer of this status in the API's envelope. */
  z.strictObject({ status, retryAfter: z.int().min(0).optional() }),
  /** An answer of this status with a web page, as a gateway in between gives it. */
  z.strictObject({ html: status }),
  /** `reset`: the TCP connection breaks. `no-answer`: it stays open, silent. `hold`: the call waits until it is released. */
  z.enum(['reset', 'no-answer', 'malformed', 'not-success', 'unauthorised', 'hold']),
]);

/** Which calls go wrong, how, and whether before or after they have had their effect. */
export const faultRule = z.strictObject({
  method: z.string().toUpperCase().optional(),
  /** Path below the API's base; `*` stands for one segment. */
  path: z.string().startsWith('/').optional(),
  /** The first matching call to hit, counted from 1. Default 1. */
  nth: z.int().min(1).optional(),
  /** How many calls to hit. Default 1. */
  times: z.union([z.int().min(1), z.literal('forever')]).optional(),
  when: z.enum(['before', 'after']),
  fault,
});

export type Fault = z.infer<typeof fault>;
export type FaultRule = z.infer<typeof faultRule>;

/** A rule that struck a call. */
export interface Hit {
  ruleId: string;
  when: FaultRule['when'];
  fault: Fault;
}

interface ActiveRule {
  id: string;
  rule: FaultRule;
  matched: number;
  hits: number;
}

/** Whether a rule is about this call at all. */
export function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false;
  if (rule.path === undefined) return true;
  const pattern = rule.path.split('/');
  const segments = path.split('/');
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => part === '*' || part === segments[index]);
}

/** The rules in force and the calls that they hold. */
export class Faults {
  #rules: ActiveRule[] = [];
  #added = 0;
  readonly #held = new Set<(outcome: 'released' | 'closed') => void>();
  #isClosed = false;

  /** Adds a rule and answers its id. */
  add(rule: FaultRule): string {
    this.#added += 1;
    const id = `fault-${this.#added}`;
    this.#rules.push({ id, rule, matched: 0, hits: 0 });
    return id;
  }

  /** Takes a rule away; false when there is none with this id. Calls that it holds stay held. */
  lift(id: string): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((active) => active.id !== id);
    return this.#rules.length < before;
  }

  liftAll(): void {
    this.#rules = [];
  }

  /** Counts a call in every rule that is about it, and answers the first one whose turn it is. */
  strike(method: string, path: string): Hit | null {
    const matching = this.#rules.filter(({ rule }) => matches(rule, method, path));
    for (const active of matching) active.matched += 1;
    const due = matching.find(({ rule, matched, hits }) => {
      return matched >= (rule.nth ?? 1) && (rule.times === 'forever' || hits < (rule.times ?? 1));
    });
    if (due === undefined) return null;
    due.hits += 1;
    return { ruleId: due.id, when: due.rule.when, fault: due.rule.fault };
  }

  /** Waits until the held calls are released, or the simulator closes. */
  hold(): Promise<'released' | 'closed'> {
    if (this.#isClosed) return Promise.resolve('closed');
    return new Promise((resolve) => {
      this.#held.add(resolve);
    });
  }

  /** Lets all held calls go on and answers how many they were. */
  release(): number {
    return this.#letGo('released');
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo('closed');
  }

  #letGo(outcome: 'released' | 'closed'): number {
    const held = [...this.#held];
    this.#held.clear();
    for (const resolve of held) resolve(outcome);
    return held.length;
  }
}

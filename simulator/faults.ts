import { z } from 'zod';

const status = z.int().min(200).max(599);

const fault = z.union([
  /** A response with this status, in the API's envelope; `retryAfter` in seconds. */
  z.strictObject({ status, retryAfter: z.int().min(0).optional() }),
  /** A response with this status and an HTML page, as a gateway sends it. */
  z.strictObject({ html: status }),
  /**
   * - `reset`: the TCP connection is reset;
   * - `no-answer`: the connection stays open, and no response comes;
   * - `malformed`: status 200 with JSON that is cut off;
   * - `not-success`: status 200 with `success: false`;
   * - `unauthorised`: status 401;
   * - `hold`: the call waits until it is released, then gets the real response.
   */
  z.enum(['reset', 'no-answer', 'malformed', 'not-success', 'unauthorised', 'hold']),
]);

/** Which calls get a fault, which fault, and whether it comes before or after the call takes effect. */
export const faultRule = z.strictObject({
  /** Left out: any method. */
  method: z.string().toUpperCase().optional(),
  /** Path below the base path; `*` matches one segment. Left out: any path. */
  path: z.string().startsWith('/').optional(),
  /** The first matching call that gets the fault, counted from 1. Default 1. */
  nth: z.int().min(1).optional(),
  /** How many calls get the fault. Default 1. */
  times: z.union([z.int().min(1), z.literal('forever')]).optional(),
  when: z.enum(['before', 'after']),
  fault,
});

export type Fault = z.infer<typeof fault>;
export type FaultRule = z.infer<typeof faultRule>;

/** The fault that a call got, and the rule that it came from. */
export interface AppliedFault {
  ruleId: string;
  when: FaultRule['when'];
  fault: Fault;
}

interface ActiveRule {
  id: string;
  rule: FaultRule;
  /** Calls that matched, and those of them that got the fault. */
  matched: number;
  applied: number;
}

/** Whether the rule's method and path match a call. */
export function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false;
  if (rule.path === undefined) return true;
  const pattern = rule.path.split('/');
  const segments = path.split('/');
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => part === '*' || part === segments[index]);
}

/** The active fault rules and the calls that wait because of them. */
export class Faults {
  #rules: ActiveRule[] = [];
  #added = 0;
  readonly #held = new Set<(outcome: 'released' | 'closed') => void>();
  #isClosed = false;

  /** Adds a rule and returns its id. */
  add(rule: FaultRule): string {
    this.#added += 1;
    const id = `fault-${this.#added}`;
    this.#rules.push({ id, rule, matched: 0, applied: 0 });
    return id;
  }

  /** Removes a rule; false when no rule has this id. Calls that it holds stay held. */
  remove(id: string): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((active) => active.id !== id);
    return this.#rules.length < before;
  }

  /** Removes all rules. Held calls stay held. */
  removeAll(): void {
    this.#rules = [];
  }

  /**
   * Counts a call in every rule that matches it and returns the fault it gets, if any: that of the first rule, in the
   * order they were added, whose `nth` is reached and whose `times` are not used up.
   */
  take(method: string, path: string): AppliedFault | null {
    const matching = this.#rules.filter(({ rule }) => matches(rule, method, path));
    for (const active of matching) active.matched += 1;
    const due = matching.find(({ rule, matched, applied }) => {
      return matched >= (rule.nth ?? 1) && (rule.times === 'forever' || applied < (rule.times ?? 1));
    });
    if (due === undefined) return null;
    due.applied += 1;
    return { ruleId: due.id, when: due.rule.when, fault: due.rule.fault };
  }

  /** Waits until the held calls are released or the simulator closes. */
  hold(): Promise<'released' | 'closed'> {
    if (this.#isClosed) return Promise.resolve('closed');
    return new Promise((resolve) => {
      this.#held.add(resolve);
    });
  }

  /** Releases all held calls and returns their number. */
  release(): number {
    return this.#endHolds('released');
  }

  /** Ends all held calls without a response. */
  close(): void {
    this.#isClosed = true;
    this.#endHolds('closed');
  }

  #endHolds(outcome: 'released' | 'closed'): number {
    const held = [...this.#held];
    this.#held.clear();
    for (const resolve of held) resolve(outcome);
    return held.length;
  }
}

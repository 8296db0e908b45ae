/** The calls that a run makes, from the log of its account. */
import type { LoggedCall } from '../../../simulator/call-log.ts';

/** One call of an undisturbed run; `*` stands for ids. */
export interface Call {
  method: string;
  path: string;
  /** Which of the calls with this method and path it is, counted from 1. */
  nth: number;
}

export function adoptCalls(log: readonly LoggedCall[]): Call[] {
  const counts = new Map<string, number>();
  return log.map(({ method, path: concrete }) => {
    const path = concrete.replaceAll(/[0-9a-f]{32}/gu, '*');
    const nth = (counts.get(`${method} ${path}`) ?? 0) + 1;
    counts.set(`${method} ${path}`, nth);
    return { method, path, nth };
  });
}

export function nameCall({ method, path, nth }: Call): string {
  return `${method} ${path} #${nth}`;
}

const connectors = '/accounts/*/sso_connectors';

export function isCreate({ method, path }: Call): boolean {
  return method === 'POST' && path === connectors;
}

export function isEnabling({ method, path }: Call): boolean {
  return method === 'PATCH' && path === `${connectors}/*`;
}

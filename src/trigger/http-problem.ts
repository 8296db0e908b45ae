import type { Problem } from '../contract/schemas/parse.ts';

/** The media type of every answer that is not a success: RFC 9457. */
export const problemMediaType = 'application/problem+json';

const titles = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Media type not supported',
  422: 'Cannot be used',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
} as const;
export type ProblemStatus = keyof typeof titles;

export function isProblemStatus(status: number): status is ProblemStatus {
  return Object.hasOwn(titles, status);
}

/** What a caller is told; nothing of what went wrong inside. */
export interface ProblemBody {
  type: 'about:blank';
  title: string;
  status: number;
  detail?: string | undefined;
  /** 422 only. */
  problems?: Problem[] | undefined;
}

/** Ends a request with a problem. `detail` is shown to the caller. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: ProblemStatus;
  readonly problems: Problem[] | undefined;
  readonly detail: string | undefined;

  constructor(status: ProblemStatus, detail?: string, problems?: Problem[]) {
    super(detail ?? titles[status]);
    this.status = status;
    this.detail = detail;
    this.problems = problems;
  }

  get body(): ProblemBody {
    const { status, detail, problems } = this;
    return {
      type: 'about:blank',
      title: titles[status],
      status,
      ...(detail === undefined ? {} : { detail }),
      ...(problems === undefined ? {} : { problems }),
    };
  }
}

import { z } from 'zod';

import { problemSchema } from '../contract/schemas/parse.ts';
import type { Problem } from '../contract/schemas/parse.ts';

/** The media type of every answer that is not a success: RFC 9457. */
export const problemMediaType = 'application/problem+json';

const titles = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Media type not supported',
  422: 'Invalid request',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
} as const;
export type ProblemStatus = keyof typeof titles;

export function isProblemStatus(status: number): status is ProblemStatus {
  return Object.hasOwn(titles, status);
}

/** What a caller is told. Says nothing of what failed inside. */
export const problemBodySchema = z.object({
  type: z.literal('about:blank').describe('The status says all there is to say about the type of the problem'),
  title: z.string().describe('The status in words'),
  status: z.int().describe('The HTTP status'),
  detail: z.string().optional().describe('What is wrong with this request'),
  problems: z.array(problemSchema).optional().describe('422: everything that is wrong with the request'),
});
export type ProblemBody = z.output<typeof problemBodySchema>;

interface ProblemOptions {
  /** Shown to the caller. */
  detail?: string | undefined;
  problems?: Problem[] | undefined;
  headers?: Record<string, string>;
}

/** Ends a request with a problem. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: ProblemStatus;
  readonly headers: Record<string, string>;
  readonly body: ProblemBody;

  constructor(status: ProblemStatus, { detail, problems, headers = {} }: ProblemOptions = {}) {
    super(detail ?? titles[status]);
    this.status = status;
    this.headers = status === 503 ? { 'retry-after': String(retryAfterSeconds), ...headers } : headers;
    this.body = {
      type: 'about:blank',
      title: titles[status],
      status,
      ...(detail === undefined ? {} : { detail }),
      ...(problems === undefined ? {} : { problems }),
    };
  }
}

const retryAfterSeconds = 10;

/** One entry of the envelope's `errors`. */
export interface ApiMessage {
  code: number;
  message: string;
  source?: { pointer: string };
  error_chain?: { code: number; message: string }[];
}

/** An API error: the HTTP status and the envelope's `errors`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errors: ApiMessage[];

  constructor(status: number, errors: ApiMessage[]) {
    super(errors.map(describe).join('; '));
    this.status = status;
    this.errors = errors;
  }
}

/** An `ApiError` with one entry; `pointer` is the JSON pointer (RFC 6901) of the invalid field. */
export function apiError(status: number, code: number, message: string, pointer?: string): ApiError {
  return new ApiError(status, [{ code, message, ...(pointer === undefined ? {} : { source: { pointer } }) }]);
}

/** The error for a malformed identifier (400) or an unknown path (404). */
export function noRouteError(status: 400 | 404, path: string): ApiError {
  // Undocumented: which of the two statuses goes with which case.
  return new ApiError(status, [
    { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: 'No route for that URI' },
  ]);
}

function describe({ code, message, error_chain: causes = [] }: ApiMessage): string {
  return [`${message} (${code})`, ...causes.map((cause) => `${cause.message} (${cause.code})`)].join(': ');
}

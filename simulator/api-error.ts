/** One entry of the envelope's `errors`. */
export interface ApiMessage {
  code: number;
  message: string;
  source?: { pointer: string };
  error_chain?: { code: number; message: string }[];
}

/** A refusal: the HTTP status and the envelope's `errors` that tell of it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errors: ApiMessage[];

  constructor(status: number, errors: ApiMessage[]) {
    super(errors.map((error) => `${error.message} (${error.code})`).join('; '));
    this.status = status;
    this.errors = errors;
  }
}

/** A refusal with one error; `pointer` is the JSON pointer of the field at fault. */
export function refusal(status: number, code: number, message: string, pointer?: string): ApiError {
  return new ApiError(status, [{ code, message, ...(pointer === undefined ? {} : { source: { pointer } }) }]);
}

/** A malformed identifier (400) or an address that leads nowhere (404). */
export function noRoute(status: 400 | 404, path: string): ApiError {
  // Undocumented: which of the two statuses goes with which case.
  return new ApiError(status, [
    { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: 'No route for that URI' },
  ]);
}

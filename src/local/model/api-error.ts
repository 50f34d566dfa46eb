// Refusals in the provider's form.

export type ApiError = {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
};

const typeOfStatus: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const messageOfStatus: Readonly<Record<number, string>> = {
  429: "This request would exceed your organization's rate limit.",
  500: "Internal server error",
  529: "Overloaded",
};

/** The error of a status; type and message follow from the status where none is given. */
export function apiError(
  status: number,
  message = messageOfStatus[status] ?? `Error ${status}`,
  retryAfterSeconds?: number,
): ApiError {
  return { status, type: typeOfStatus[status] ?? "api_error", message, retryAfterSeconds };
}

/** The body of an error reply, also of an `error` event in a stream. */
export function errorBody({ type, message }: ApiError, requestId: string): object {
  return { type: "error", error: { type, message }, request_id: requestId };
}

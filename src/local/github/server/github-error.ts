import type { Json } from "../json.ts";

const DOCUMENTATION = "https://docs.github.com/rest";

/** A refusal in GitHub's shape; thrown anywhere in a handler, written by the server. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    body: { readonly message: string; readonly errors?: Json },
    headers = {},
  ) {
    super(body.message);
    this.status = status;
    this.body = { ...body, documentation_url: DOCUMENTATION, status: String(status) };
    this.headers = headers;
  }
}

/** 404, also for what the caller may not know of. */
export function notFound(message = "Not Found"): GitHubError {
  return new GitHubError(404, { message });
}

/** 403 with a reason. */
export function forbidden(message: string, headers = {}): GitHubError {
  return new GitHubError(403, { message }, headers);
}

/** One entry of a 422's `errors`. */
export type FieldError = {
  readonly resource: string;
  readonly field: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "custom";
  readonly message?: string;
};

/** 422 in the form GitHub gives to a request it understood but will not do. */
export function validationFailed(...errors: readonly FieldError[]): GitHubError {
  const [first] = errors;
  const detail = first?.message === undefined ? "" : `: ${first.message}`;
  return new GitHubError(422, {
    message: `Validation Failed${detail}`,
    errors: errors.map((error) => ({ ...error })),
  });
}

/** 422 with only a sentence. */
export function unprocessable(message: string): GitHubError {
  return new GitHubError(422, { message });
}

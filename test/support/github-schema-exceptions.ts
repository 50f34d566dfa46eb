// Where GitHub's own descriptions are behind GitHub. At most fifteen.

/** One agreed difference: errors at this place do not count. */
export type SchemaException = {
  /** What is validated, e.g. `GET /app 200` or `webhook push`. */
  readonly where: RegExp;
  /** The place and message of the error. */
  readonly error: RegExp;
  readonly reason: string;
};

export const SCHEMA_EXCEPTIONS: readonly SchemaException[] = [
  {
    where: /^webhook /u,
    error: /app\/events\/\* must be equal to one of the allowed values/u,
    reason:
      "the webhooks' list of an App's events lacks sub_issues and issue_dependencies, which the same description sends",
  },
  {
    where: /^webhook (push|check_suite)/u,
    error: /\/email must match format "email"/u,
    reason:
      "a bot's noreply address is <id>+<slug>[bot]@…, brackets and all, which the format email does not allow",
  },
  {
    where: /^GET \/app\/installations 200$/u,
    error: /\/account must /u,
    reason:
      "the list describes an account as a user and an enterprise at once, the single installation as either",
  },
];
